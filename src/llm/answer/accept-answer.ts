import { cutText } from "../../text/index.ts";
import { StepError, type CutOff, type StepErrorOptions } from "../../core/failure/index.ts";
import { soundTokens, type GenerateAnswer, type TokenUsage } from "../../core/model/index.ts";
import { endingOf, UNFINISHED } from "./endings.ts";

/** An answer as it was received, up to the word that ended it. */
export interface ReceivedAnswer {
  readonly text: string;
  readonly thinking: string;
  /** Why the model does not answer, where a server says that apart from the text. */
  readonly refusal?: string;
  /** The word that ended it; `undefined` when it ended without one. */
  readonly ending: string | undefined;
  /** As the server says it: any server may say anything. */
  readonly usage: TokenUsage;
  /** The most tokens that it was allowed. */
  readonly maxOutputTokens: number;
  /** Why no more: they are what was asked for, or all that the prompt leaves free. @default "cap" */
  readonly cappedBy?: CutOff | undefined;
}

/** The request, what came back and what was told with it, for a failure. */
export type Evidence = Pick<StepErrorOptions, "request" | "rawAnswer" | "limits">;

/**
 * Takes what came as the answer when it is whole: its server has ended it with a word that means so, and there is something
 * in it. Throws a `StepError` otherwise, with what the call has used.
 */
export function acceptAnswer(received: ReceivedAnswer, evidence: () => Evidence): GenerateAnswer {
  const { text, thinking, refusal = "", ending } = received;
  const usage = soundTokens(received.usage);
  // What nobody has counted is estimated by who counts, from what was streamed.
  const isCounted = usage.inputTokens !== undefined || usage.outputTokens !== undefined || usage.cost !== undefined;
  const details = (): StepErrorOptions => ({ ...evidence(), ...(isCounted && { usage }) });

  if (ending === undefined) throw unfinished(text, details());
  const known = endingOf(ending);
  if (known === undefined) {
    const says = `The answer ended for a reason that is not known to mean that it is whole: "${cutText(ending, 100)}".`;
    throw new StepError("transient", says, details());
  }
  if (known.means === "cut off") throw cutOff(limitIn(known.by, received, usage), received, usage, details());
  if (known.means !== "whole") {
    const { kind, says } = UNFINISHED[known.means];
    throw new StepError(kind, `${says} ("${ending}").`, details());
  }
  if (refusal !== "") throw new StepError("answer", `The model refused: ${cutText(refusal, 200)}`, details());
  if (text.trim() !== "") return { text, usage };
  const says =
    thinking.trim() === ""
      ? "The answer was empty."
      : `The answer was empty: the model used it all for thinking (${thinking.length} characters).`;
  throw new StepError("answer", says, details());
}

/** The failure of an answer whose end never came. */
function unfinished(text: string, details: StepErrorOptions): StepError {
  const got = text === "" ? "nothing" : `${text.length} characters`;
  return new StepError("transient", `The answer ended before it was finished; ${got} had arrived.`, details);
}

/**
 * What the limit was. A cap that was lowered to what the prompt leaves free is the end of the context, whatever the server calls
 * it; and so is it where an answer had fewer tokens than it was allowed.
 */
function limitIn(
  said: CutOff | undefined,
  { maxOutputTokens, cappedBy = "cap" }: ReceivedAnswer,
  { outputTokens }: TokenUsage,
): CutOff | undefined {
  if (cappedBy === "context") return "context";
  if (said !== undefined || outputTokens === undefined) return said;
  return outputTokens < maxOutputTokens ? "context" : "cap";
}

function cutOff(
  by: CutOff | undefined,
  { maxOutputTokens, thinking, text }: ReceivedAnswer,
  { outputTokens }: TokenUsage,
  details: StepErrorOptions,
): StepError {
  const after = outputTokens === undefined ? "" : ` after ${outputTokens} tokens`;
  const limits: Readonly<Record<CutOff, string>> = {
    cap: `it may have at most ${maxOutputTokens}`,
    context: "the model's context was full",
  };
  const limit = by === undefined ? `${limits.cap}, or ${limits.context}` : limits[by];
  const thought =
    text.trim() === "" && thinking !== "" ? `, all of them of thinking (${thinking.length} characters)` : "";
  return new StepError("answer", `The answer was cut off${after}${thought}: ${limit}.`, {
    ...details,
    // Where the server does not say which, less text would not help: an answer is cut off at its cap a hundred times as often.
    cutOffBy: by ?? "cap",
  });
}
