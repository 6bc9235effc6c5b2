import { StepError } from "../../core/failure/index.ts";
import { StreamedTokens, type AnswerPart } from "../../core/model/index.ts";
import type { Evidence } from "./accept-answer.ts";

export interface ReceivedTextOptions {
  /** The most tokens that the server was told to give. */
  readonly maxOutputTokens: number;
  /** Gets each piece as it comes. */
  readonly onPart?: ((part: AnswerPart) => void) | undefined;
  readonly evidence: () => Evidence;
}

/** A server that heeds the limit is never cut: our estimate of a text's tokens is at most so many times too high. */
const TIMES_THE_LIMIT = 2;
const TOKENS_OF_GRACE = 64;

/** A piece as it is received: a refusal stands apart from the text on some servers. */
export type ReceivedPart = AnswerPart & { readonly refusal?: string };

/** Collects an answer as it comes. A server that was told how much an answer may be and goes on is cut off by us. */
export class ReceivedText {
  readonly #options: ReceivedTextOptions;
  readonly #text: string[] = [];
  readonly #thinking: string[] = [];
  readonly #refusal: string[] = [];
  readonly #tokens = new StreamedTokens();
  readonly #most: number;

  constructor(options: ReceivedTextOptions) {
    this.#options = options;
    this.#most = options.maxOutputTokens * TIMES_THE_LIMIT + TOKENS_OF_GRACE;
  }

  /**
   * Throws a `StepError` when the answer is far longer than it may be, unless this piece is its last. A piece without text
   * counts too: there may be no end.
   */
  add(
    { text = "", thinking = "", refusal = "" }: ReceivedPart,
    { isWhole = false }: { readonly isWhole?: boolean } = {},
  ): void {
    if (text !== "") this.#text.push(text);
    if (thinking !== "") this.#thinking.push(thinking);
    if (refusal !== "") this.#refusal.push(refusal);
    this.#tokens.add(text + thinking + refusal || " ");
    if (text !== "" || thinking !== "") {
      this.#options.onPart?.({ ...(text !== "" && { text }), ...(thinking !== "" && { thinking }) });
    }
    if (isWhole || this.#tokens.tokens <= this.#most) return;
    const { maxOutputTokens, evidence } = this.#options;
    throw new StepError(
      "answer",
      `The answer was cut off by us after about ${this.#tokens.tokens} tokens: it may have at most ${maxOutputTokens}, and the server went on.`,
      { ...evidence(), cutOffBy: "cap" },
    );
  }

  get text(): string {
    return this.#text.join("");
  }

  get thinking(): string {
    return this.#thinking.join("");
  }

  get refusal(): string {
    return this.#refusal.join("");
  }
}
