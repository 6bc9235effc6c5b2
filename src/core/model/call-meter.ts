import type { TokenUsage } from "../base/index.ts";
import { classifyFailure, StepError } from "../failure/index.ts";
import type { TokenEstimate } from "../lane/index.ts";
import { NOTHING_SPENT, type Budget, type Spent } from "./budget.ts";
import type { AnswerPart, GenerateAnswer, GenerateRequest } from "./language-model.ts";
import { costOf, type Price } from "./price-table.ts";
import { StreamedTokens, type TokenEstimator } from "./token-estimate.ts";
import { soundTokens, usageOfCall, type Usage } from "./usage.ts";

/** A call, and what it is counted by. */
export interface CountedCall {
  readonly request: GenerateRequest;
  /** Of the prompt, by the estimate. */
  readonly inputTokens: number;
  /** What the call is likely to use. */
  readonly estimate: TokenEstimate;
  readonly pricing: CallPricing;
  readonly onUsage: (usage: Usage) => void;
}

export interface CallPricing {
  /** Whether the model makes calls: one that does not, and counts no tokens, costs nothing. */
  readonly isPaid: boolean;
  readonly price: Price | undefined;
  readonly estimator: TokenEstimator;
  readonly budget: Budget;
}

/** The budget is told of an answer that is being written each time that so many tokens have come. */
const TOKENS_AT_ONCE = 32;

/**
 * Counts what one call costs, from when it is sent to its end, however it ends. What the server says counts; where it says
 * nothing, as when a call is cut off, the prompt is estimated and so is what was streamed.
 */
export class CallMeter {
  readonly #call: CountedCall;
  readonly #written = new StreamedTokens();
  /** What the budget has been told. */
  #told = NOTHING_SPENT;
  #nextAt = 0;
  #hasEnded = false;

  constructor(call: CountedCall) {
    this.#call = call;
  }

  /** A piece of the answer has come. Throws when nothing more may be spent, and the answer is longer than was expected. */
  part({ text = "", thinking = "" }: AnswerPart): void {
    if (this.#hasEnded) return;
    this.#written.add(text);
    this.#written.add(thinking);
    const { tokens } = this.#written;
    if (tokens < this.#nextAt) return;
    this.#nextAt = tokens + TOKENS_AT_ONCE;
    this.#tell(this.#likely({}));
    // What was expected when it was sent may be finished: a call that is cut off is paid for in vain.
    if (!this.#call.pricing.budget.isUsedUp || tokens <= this.#expectedTokens) return;
    throw new StepError("cancelled", "The run's limit was reached in the middle of an answer longer than expected.");
  }

  /** The call has ended well. Returns what it has used, as far as its server has said that in numbers that can be. */
  answered({ text, usage }: GenerateAnswer): TokenUsage {
    const sound = soundTokens(usage);
    if (this.#hasEnded) return sound;
    // A model that tells no pieces has written its text.
    if (this.#written.tokens === 0) this.#written.add(text);
    this.#call.pricing.estimator.learn(sound, this.#call.request);
    this.#end(sound);
    return sound;
  }

  /** The call has failed. It was paid for when the server says so, when some of it came, or when what came was of no use. */
  failed(error: unknown): void {
    const usage = error instanceof StepError ? error.usage : undefined;
    if (usage) this.#end(soundTokens(usage));
    else if (this.#written.tokens > 0 || classifyFailure(error) === "answer") this.#end({});
    this.#hasEnded = true;
  }

  /** Nobody waits for it any more. It may have been paid for. */
  abandoned(): void {
    this.#end({});
  }

  /** What the call has probably used in all. */
  get likelyTokens(): number {
    return this.#told.tokens;
  }

  #end(tokens: TokenUsage): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    const { isPaid, price } = this.#call.pricing;
    if (!isPaid && tokens.inputTokens === undefined && tokens.outputTokens === undefined) return;
    const likely = this.#likely(tokens);
    this.#call.onUsage(usageOfCall(tokens, price, likely));
    this.#tell(likely);
  }

  /** What the call has come to: as the server says, or as far as can be told. */
  #likely(tokens: TokenUsage): Spent {
    const inputTokens = tokens.inputTokens ?? this.#call.inputTokens;
    const outputTokens = tokens.outputTokens ?? this.#written.tokens;
    const { cost } = costOf({ ...tokens, inputTokens, outputTokens }, this.#call.pricing.price);
    return { tokens: inputTokens + outputTokens, cost };
  }

  #tell(spent: Spent): void {
    const told = this.#told;
    this.#told = spent;
    this.#call.pricing.budget.spend({ tokens: spent.tokens - told.tokens, cost: spent.cost - told.cost });
  }

  /** Of the answer. */
  get #expectedTokens(): number {
    const { known, guessed } = this.#call.estimate;
    return known + guessed - this.#call.inputTokens;
  }
}
