import { classifyFailure } from "../failure/index.ts";
import type { CallLane, TokenEstimate, TurnWatch } from "../lane/index.ts";
import type { GenerateAnswer, GenerateRequest, Model, TokenUsage } from "./language-model.ts";
import { type Price, costOf } from "./price-table.ts";
import type { TokenEstimator } from "./token-estimate.ts";
import { soundTokens, usageOfCall, type Usage } from "./usage.ts";

/** What every call of a run's model passes through. */
export interface Metering {
  /** `undefined` for a model that makes no calls. */
  readonly lane: CallLane | undefined;
  readonly price: Price | undefined;
  readonly estimator: TokenEstimator;
  /** Called after each call. Where the answer does not report its usage, the cost is an estimate. */
  readonly onSpent: (spent: Spent) => void;
}

/** The cost of a call. */
export interface Spent {
  readonly tokens: number;
  readonly cost: number;
}

/** The item that a model is called for, and what counts its calls. */
export interface MeteredUse {
  readonly itemId: string;
  readonly priority: number;
  readonly sinceMs: number;
  /** Called before each call. */
  readonly onCall: () => void;
  readonly onUsage: (usage: Usage) => void;
  /** Wraps each call that waits for a lane, and what it does once it was let in. @default nothing */
  readonly noteCall?: (<T>(call: (letIn: LetIn) => Promise<T>) => Promise<T>) | undefined;
  /** Asked right before each call is sent, when it has its turn; rejects when it must not be. @default nothing */
  readonly confirmCall?: (() => Promise<void> | undefined) | undefined;
  /** Ends the calls that are under way, and lets none begin. @default never */
  readonly signal?: AbortSignal | undefined;
  /** Told while a call waits for its turn. */
  readonly turn?: TurnWatch | undefined;
}

/** Wraps what a lane has let in. */
export type LetIn = <T>(work: () => Promise<T>) => Promise<T>;

/**
 * The run's model as one item sees it: each call waits for the model's lane, is counted when it was answered, and is not
 * made once a limit is reached. One is made for each step of each item, and most are never asked for anything.
 */
export const meterModel = (model: Model, metering: Metering, use: MeteredUse): Model =>
  new MeteredModel(model, metering, use);

async function meteredCall(
  model: Model,
  { lane, price, estimator, onSpent }: Metering,
  { use, given }: { readonly use: MeteredUse; readonly given: GenerateRequest },
): Promise<GenerateAnswer> {
  const { itemId, priority, sinceMs, signal, turn } = use;

  const count = (tokens: TokenUsage, estimate: TokenEstimate, request: GenerateRequest): void => {
    estimator.learn(tokens, request);
    // An engine that makes no calls and counts no tokens has cost nothing.
    if (!lane && tokens.inputTokens === undefined && tokens.outputTokens === undefined) return;
    const usage = usageOfCall(tokens, price);
    use.onUsage(usage);
    onSpent({ tokens: likelyTokens(tokens, estimate), cost: likelyCost(usage, estimate, price) });
  };

  signal?.throwIfAborted();
  const request = underSignal(given, signal);
  use.onCall();
  const estimate = estimator.estimate(request);
  let isUnderWay = false;
  const ended = (tokens: TokenUsage): void => {
    if (isUnderWay) count(tokens, estimate, request);
    isUnderWay = false;
  };
  const ask = async (): Promise<GenerateAnswer> => {
    const asked = use.confirmCall?.();
    if (asked) {
      await asked;
      // It may have taken long: nobody waits for the answer any more.
      signal?.throwIfAborted();
    }
    isUnderWay = true;
    // It may have been paid for, though nobody waits for its answer.
    const onAbort = (): void => ended({});
    signal?.addEventListener("abort", onAbort, { once: true });
    try {
      const answer = await model.generate(request);
      // Anybody may have written the model, and any server may have counted.
      const usage = soundTokens(answer.usage);
      ended(usage);
      return { ...answer, usage };
    } catch (error) {
      // An unusable answer was paid for as well; how much is not known.
      if (classifyFailure(error) === "answer") ended({});
      throw error;
    } finally {
      isUnderWay = false;
      signal?.removeEventListener("abort", onAbort);
    }
  };
  if (!lane) return ask();
  const call = (work: () => Promise<GenerateAnswer>): Promise<GenerateAnswer> =>
    lane.call({ itemId, priority, sinceMs, tokens: estimate, signal, turn }, work, ({ usage }) =>
      likelyTokens(usage, estimate),
    );
  return use.noteCall ? use.noteCall((letIn) => call(() => letIn(ask))) : call(ask);
}

/** The request, which ends with the step that makes it whether the step thought of that or not. */
function underSignal(request: GenerateRequest, signal: AbortSignal | undefined): GenerateRequest {
  if (!signal || request.signal === signal) return request;
  return { ...request, signal: request.signal ? AbortSignal.any([request.signal, signal]) : signal };
}

/**
 * A class, because one is made for each step of each item: an object literal with a getter gets a hidden class of its
 * own, which keeps it and all it refers to alive until the next full collection.
 */
class MeteredModel implements Model {
  readonly id: string;
  readonly lane: string | undefined;
  readonly generate: Model["generate"];
  readonly check: Model["check"];
  /** By the model's own tokenizer, or by an estimate that the run's answers have corrected. */
  readonly countTokens: (text: string) => number;
  readonly #model: Model;

  constructor(model: Model, metering: Metering, use: MeteredUse) {
    this.id = model.id;
    this.lane = model.lane;
    this.generate = async (given) => meteredCall(model, metering, { use, given });
    this.check = (signal) => model.check(signal);
    this.countTokens = (text) => model.countTokens?.(text) ?? metering.estimator.count(text);
    this.#model = model;
  }

  get fingerprint(): string {
    return this.#model.fingerprint;
  }
}

/** The usage that the answer reports, or the estimate where it reports none. */
function likelyTokens({ inputTokens, outputTokens }: TokenUsage, { known, guessed }: TokenEstimate): number {
  const said = (inputTokens ?? 0) + (outputTokens ?? 0);
  return inputTokens === undefined || outputTokens === undefined ? Math.max(said, known + guessed) : said;
}

function likelyCost(usage: Usage, { known, guessed }: TokenEstimate, price: Price | undefined): number {
  if (usage.callsOfUnknownCost === 0 || !price) return usage.cost;
  return Math.max(usage.cost, costOf({ inputTokens: known, outputTokens: guessed }, price).cost);
}
