import { classifyFailure } from "../failure/index.ts";
import type { CallLane, TokenEstimate } from "../lane/index.ts";
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
}

/**
 * The run's model as one item sees it: each call waits for the model's lane, is counted when it was answered, and is not
 * made once a limit is reached.
 */
export function meterModel(model: Model, { lane, price, estimator, onSpent }: Metering, use: MeteredUse): Model {
  const { itemId, priority, sinceMs } = use;

  const count = (tokens: TokenUsage, estimate: TokenEstimate, request: GenerateRequest): void => {
    estimator.learn(tokens, request);
    // An engine that makes no calls and counts no tokens has cost nothing.
    if (!lane && tokens.inputTokens === undefined && tokens.outputTokens === undefined) return;
    const usage = usageOfCall(tokens, price);
    use.onUsage(usage);
    onSpent({ tokens: likelyTokens(tokens, estimate), cost: likelyCost(usage, estimate, price) });
  };

  return new MeteredModel(model, estimator, async (request) => {
    use.onCall();
    const estimate = estimator.estimate(request);
    const ask = async (): Promise<GenerateAnswer> => {
      try {
        const answer = await model.generate(request);
        // Anybody may have written the model, and any server may have counted.
        const usage = soundTokens(answer.usage);
        count(usage, estimate, request);
        return { ...answer, usage };
      } catch (error) {
        // An unusable answer was paid for as well; how much is not known.
        if (classifyFailure(error) === "answer") count({}, estimate, request);
        throw error;
      }
    };
    if (!lane) return ask();
    return lane.call({ itemId, priority, sinceMs, tokens: estimate }, ask, ({ usage }) =>
      likelyTokens(usage, estimate),
    );
  });
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

  constructor(model: Model, estimator: TokenEstimator, generate: Model["generate"]) {
    this.id = model.id;
    this.lane = model.lane;
    this.generate = generate;
    this.check = (signal) => model.check(signal);
    this.countTokens = (text) => model.countTokens?.(text) ?? estimator.count(text);
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
