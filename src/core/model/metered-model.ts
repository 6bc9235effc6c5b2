import { LaneClosed } from "../failure/index.ts";
import type { CallLane, TurnWatch } from "../lane/index.ts";
import type { Budget } from "./budget.ts";
import { CallMeter } from "./call-meter.ts";
import { askModel, type Complaints } from "./ask-model.ts";
import { askInTurn } from "./fallback.ts";
import type { Alternatives, AnswerPart, GenerateAnswer, GenerateRequest, Model } from "./language-model.ts";
import type { AnswerSchema, StepModel, StepRequest } from "./step-model.ts";
import { outputCapOf } from "./output-cap.ts";
import type { Price } from "./price-table.ts";
import type { TokenEstimator } from "./token-estimate.ts";
import type { Usage } from "./usage.ts";

/** What every call of a run's model passes through. */
export interface Metering {
  /** `undefined` for a model that makes no calls. */
  readonly lane: CallLane | undefined;
  readonly price: Price | undefined;
  readonly estimator: TokenEstimator;
  /** What the run may spend; a call that costs more than expected is cut off when that is used up. */
  readonly budget: Budget;
  /** The most tokens of an answer whose request does not say. @default 8192 */
  readonly maxOutputTokens?: number | undefined;
  /** Of prompt and answer together, where the model's check has said it. */
  readonly contextTokens?: number | undefined;
  /** What the calls of each model pass through, where several are asked in turn. */
  readonly inTurn?: MeteringInTurn | undefined;
}

/** The metering of a model that is made of several. */
export interface MeteringInTurn {
  readonly of: (model: Model) => Metering;
  /** Resolves when the lane of one of these is open; ends with the item's own signal. */
  readonly untilOpen: (models: readonly Model[], use: Pick<MeteredUse, "signal" | "turn">) => Promise<void>;
  /** Told once of a model that no more calls are sent to. */
  readonly onUnusable: (model: Model, error: unknown) => void;
}

/** The item that a model is called for, and what counts its calls. */
export interface MeteredUse {
  readonly itemId: string;
  readonly priority: number;
  readonly sinceMs: number;
  /** Called before each call. */
  readonly onCall: () => void;
  readonly onUsage: (usage: Usage) => void;
  /** Told which model has answered, where several are asked in turn. @default nobody is told */
  readonly onAnsweredBy?: ((id: string) => void) | undefined;
  /** Wraps each call that waits for a lane, and what it does once it was let in. @default nothing */
  readonly noteCall?: (<T>(call: (letIn: LetIn) => Promise<T>) => Promise<T>) | undefined;
  /** Asked right before each call is sent, when it has its turn; rejects when it must not be. @default nothing */
  readonly confirmCall?: (() => Promise<void> | undefined) | undefined;
  /** Ends the calls that are under way, and lets none begin. @default never */
  readonly signal?: AbortSignal | undefined;
  /** Told while a call waits for its turn. */
  readonly turn?: TurnWatch | undefined;
  /** What was wrong with answers, kept from one attempt of the step to the next. */
  readonly complaints: () => Complaints;
}

/** Wraps what a lane has let in. */
export type LetIn = <T>(work: () => Promise<T>) => Promise<T>;

/**
 * The run's model as one item sees it: each call waits for the model's lane, is counted however it ends, has a most that its
 * answer may be, and is not made once a limit is reached. One is made for each step of each item, and most are never asked
 * for anything.
 */
export const meterModel = (model: Model, metering: Metering, use: MeteredUse): StepModel =>
  new MeteredModel(model, metering, use);

interface CallOfItem {
  readonly use: MeteredUse;
  readonly given: GenerateRequest;
}

function meteredCall(model: Model, metering: Metering, call: CallOfItem): Promise<GenerateAnswer> {
  const { alternatives } = model;
  const { inTurn } = metering;
  return alternatives && inTurn
    ? callInTurn(alternatives, inTurn, call)
    : callOne(model, metering, { ...call, isPassedOn: false });
}

interface OneCall extends CallOfItem {
  /** Whether another model can take the call. */
  readonly isPassedOn: boolean;
  /** Whether the model has turned out to be of no use, while the call waited for its turn. */
  readonly isOut?: () => boolean;
}

/** Asks several models, each in its own lane and at its own price. */
async function callInTurn(
  alternatives: Alternatives,
  { of, untilOpen, onUnusable }: MeteringInTurn,
  call: CallOfItem,
): Promise<GenerateAnswer> {
  const { signal } = call.use;
  // Where a pause is waited for, the call waits in its lane.
  const isPassedOn = alternatives.on.has("rate_limit");
  const answer = await askInTurn(alternatives, {
    ask: (model) => callOne(model, of(model), { ...call, isPassedOn, isOut: () => alternatives.unusable.has(model) }),
    untilOpen: (models) => untilOpen(models, call.use),
    onUnusable,
    signal,
  });
  if (answer.answeredBy !== undefined) call.use.onAnsweredBy?.(answer.answeredBy);
  return answer;
}

async function callOne(
  model: Model,
  metering: Metering,
  { use, given, isPassedOn, isOut }: OneCall,
): Promise<GenerateAnswer> {
  const { lane, price, estimator, budget } = metering;
  const { itemId, priority, sinceMs, signal, turn } = use;
  signal?.throwIfAborted();
  use.onCall();
  const inputTokens = estimator.inputTokens(given);
  const calling = {
    request: { ...underSignal(given, signal), maxOutputTokens: outputCapOf(given, metering) },
    inputTokens,
    estimate: estimator.estimate(given, inputTokens),
    pricing: { isPaid: lane !== undefined, price, estimator, budget },
    onUsage: use.onUsage,
  };
  let likelyTokens: number | undefined;
  // The lane sends a call that was refused once more.
  const ask = async (): Promise<GenerateAnswer> => {
    if (isOut?.()) throw new LaneClosed(`${model.id} is left out`);
    const asked = use.confirmCall?.();
    if (asked) {
      await asked;
      // It may have taken long: nobody waits for the answer any more.
      signal?.throwIfAborted();
    }
    const meter = new CallMeter(calling);
    const onPart = (part: AnswerPart): void => {
      meter.part(part);
      given.onPart?.(part);
    };
    const onAbort = (): void => meter.abandoned();
    signal?.addEventListener("abort", onAbort, { once: true });
    try {
      // What is told of limits is the lane's: in a step's output it would make each one another.
      const { limits, ...answer } = await model.generate({ ...calling.request, onPart });
      if (limits) lane?.told(limits);
      // Anybody may have written the model, and any server may have counted.
      const usage = meter.answered(answer);
      likelyTokens = meter.likelyTokens;
      return { ...answer, usage };
    } catch (error) {
      meter.failed(error);
      throw error;
    } finally {
      signal?.removeEventListener("abort", onAbort);
    }
  };
  if (!lane) return ask();
  const laneCall = { itemId, priority, sinceMs, tokens: calling.estimate, signal, turn, isPassedOn };
  const call = (work: () => Promise<GenerateAnswer>): Promise<GenerateAnswer> =>
    lane.call(laneCall, work, () => likelyTokens);
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
class MeteredModel implements StepModel {
  readonly id: string;
  readonly lane: string | undefined;
  readonly generate: StepModel["generate"];
  readonly check: Model["check"];
  /** By the model's own tokenizer, or by an estimate that the run's answers have corrected. */
  readonly countTokens: (text: string) => number;
  answeredBy: string;
  readonly #model: Model;

  constructor(model: Model, metering: Metering, use: MeteredUse) {
    this.id = model.id;
    this.lane = model.lane;
    this.answeredBy = model.id;
    // The overloads say what comes of which request.
    this.generate = (async (given: StepRequest & { readonly schema?: AnswerSchema }) =>
      askModel(
        given,
        async (request) => {
          const answer = await meteredCall(model, metering, { use, given: request });
          this.answeredBy = answer.answeredBy ?? model.id;
          return answer;
        },
        use.complaints,
      )) as StepModel["generate"];
    this.check = (signal) => model.check(signal);
    this.countTokens = (text) => model.countTokens?.(text) ?? metering.estimator.count(text);
    this.#model = model;
  }

  get fingerprint(): string {
    return this.#model.fingerprint;
  }
}
