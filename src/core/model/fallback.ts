import {
  HoldfastError,
  LaneClosed,
  NotSent,
  classifyFailure,
  messageOf,
  StepError,
  type FailureKind,
} from "../failure/index.ts";
import type { Alternatives, GenerateAnswer, GenerateRequest, Model, ModelInfo } from "./language-model.ts";

/** Options of {@link fallback}. */
export interface FallbackOptions {
  /**
   * The kinds of failure after which the next model is asked. @default all that another model may not have: `transient`,
   * `rate_limit`, `quota`, `auth`, `missing_model`, `input` and `input_too_long`
   */
  readonly on?: readonly FailureKind[];
}

const DEFAULT_ON: readonly FailureKind[] = [
  "transient",
  "rate_limit",
  "quota",
  "auth",
  "missing_model",
  "input",
  "input_too_long",
];

/** What a model cannot come back from while a run lasts. */
const ENDS: ReadonlySet<FailureKind> = new Set(["quota", "auth", "missing_model"]);

/**
 * A model that asks the first of several, and the next one when that cannot answer: it is down, is out of money, asks to slow
 * down, or does not take the prompt. Each call begins with the first one again, unless that has refused its key, its account or its name. Each
 * item's record, each cached answer and each note says which of them answered.
 *
 * @example
 * ```ts
 * import { fallback } from "holdfast";
 * import { createExtractive, createOpenAI } from "holdfast/llm";
 * import { startFakeOpenAI } from "holdfast/testing";
 *
 * // A server whose account is empty.
 * await using server = await startFakeOpenAI({ faults: () => "insufficient_quota" });
 * const model = fallback([createOpenAI({ model: "m", baseUrl: server.url }), createExtractive()]);
 * const { answeredBy } = await model.generate({ prompt: "Kelp grips rock with a holdfast." });
 * console.log(model.id, answeredBy);
 * // prints: fallback(openai:m, extractive) extractive
 * ```
 */
export function fallback(
  models: readonly [Model, Model, ...Model[]],
  { on = DEFAULT_ON }: FallbackOptions = {},
): Model {
  refuseBad(models);
  const alternatives: Alternatives = { models, on: new Set(on), unusable: new Map() };
  const named = (textOf: (model: Model) => string): string => `fallback(${models.map(textOf).join(", ")})`;
  return {
    id: named(({ id }) => id),
    get fingerprint() {
      return named(({ fingerprint }) => fingerprint);
    },
    lane: models[0].lane,
    alternatives,
    check: (signal) => checkAll(alternatives, (model) => model.check(signal), signal),
    inspect: (signal) => checkAll(alternatives, (model) => model.inspect?.(signal) ?? model.check(signal), signal),
    generate: (request: GenerateRequest) =>
      askInTurn(alternatives, { ask: (model) => model.generate(request), signal: request.signal }),
    async close() {
      for (const model of models) await model.close?.();
    },
  };
}

function refuseBad(models: readonly Model[]): void {
  if (models.length < 2) throw new RangeError(`Expected two models or more to fall back on, got ${models.length}`);
  const ids = models.map(({ id }) => id);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined) throw new RangeError(`Expected each model once, got ${JSON.stringify(twice)} twice`);
  const nested = models.find(({ alternatives }) => alternatives !== undefined);
  if (nested)
    throw new RangeError(`Expected models and no fallback among them: put those of ${nested.id} into one list`);
}

/** The model that is asked first, at whose price the whole is estimated. */
export const firstAsked = (model: Model): Model => model.alternatives?.models[0] ?? model;

/** The models that are asked, by the lane of each: its own name, or its id where another one has that name. */
export function lanesOf(model: Model): ReadonlyMap<string, Model> {
  const lanes = new Map<string, Model>();
  for (const each of model.alternatives?.models ?? [model]) {
    if (each.lane !== undefined) lanes.set(lanes.has(each.lane) ? each.id : each.lane, each);
  }
  return lanes;
}

/** Checks all, and says which cannot be used. Throws when none can. */
async function checkAll(
  { models, unusable }: Alternatives,
  check: (model: Model) => Promise<ModelInfo>,
  signal: AbortSignal | undefined,
): Promise<ModelInfo> {
  const notes: string[] = [];
  const contexts: number[] = [];
  for (const model of models) {
    try {
      const info = await check(model);
      unusable.delete(model);
      notes.push(...info.notes);
      if (info.contextTokens !== undefined) contexts.push(info.contextTokens);
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof HoldfastError) || error.code !== "model_unusable") throw error;
      unusable.set(model, error);
    }
  }
  if (unusable.size === models.length) throw noneUsable(models, unusable);
  for (const [model, error] of unusable) {
    notes.push(`${model.id} is left out of this run, and the others are asked in its place: ${messageOf(error)}`);
  }
  // What fits into the smallest may be sent to any.
  return { notes, ...(contexts.length > 0 && { contextTokens: Math.min(...contexts) }) };
}

/** What is wrong with each, and what to do about the first one. */
function noneUsable(models: readonly Model[], unusable: ReadonlyMap<Model, unknown>): HoldfastError {
  const said = models.map((model) => `${model.id}: ${messageOf(unusable.get(model))}`);
  const [first] = unusable.values();
  const hint = first instanceof HoldfastError ? first.hint : undefined;
  return new HoldfastError("model_unusable", `None of the models can be used. ${said.join(" ")}`, {
    cause: first,
    ...(hint !== undefined && { hint }),
  });
}

/** How models are asked in turn. */
export interface Asking {
  /** Rejects with `LaneClosed` when the model's API takes no calls now. */
  readonly ask: (model: Model) => Promise<GenerateAnswer>;
  /** Resolves when one of these may be asked again. @default at once */
  readonly untilOpen?: (models: readonly Model[]) => Promise<void>;
  /** Told once of a model that no more calls are sent to. */
  readonly onUnusable?: ((model: Model, error: unknown) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Asks the first model that can answer. Rejects with the failure that is most likely to pass when none can. */
export async function askInTurn(
  { models, on, unusable }: Alternatives,
  { ask, untilOpen, onUnusable, signal }: Asking,
): Promise<GenerateAnswer> {
  const failed = new Map<Model, unknown>();
  for (;;) {
    const closed: Model[] = [];
    for (const model of models) {
      if (unusable.has(model) || failed.has(model)) continue;
      try {
        return { ...(await ask(model)), answeredBy: model.id };
      } catch (error) {
        signal?.throwIfAborted();
        if (error instanceof LaneClosed) {
          if (!unusable.has(model)) closed.push(model);
          continue;
        }
        // It need not be made at all.
        if (error instanceof NotSent) throw error;
        const kind = classifyFailure(error);
        if (!on.has(kind)) throw error;
        // Its lane is closed now. Nobody can say when a model without one may be asked again.
        if (kind === "rate_limit" && untilOpen && model.lane !== undefined) closed.push(model);
        else failed.set(model, error);
        if (!ENDS.has(kind)) continue;
        if (!unusable.has(model)) onUnusable?.(model, error);
        unusable.set(model, error);
      }
    }
    const mayPass = [...failed.values()].some((error) => classifyFailure(error) === "transient");
    if (closed.length === 0 || mayPass || !untilOpen) throw noneOf(models, new Map([...unusable, ...failed]));
    await untilOpen(closed);
  }
}

/** From what is tried again soonest to what ends the run. */
const HOPE: readonly FailureKind[] = [
  "transient",
  "rate_limit",
  "input_too_long",
  "input",
  "missing_model",
  "quota",
  "auth",
];

const hopeOf = (error: unknown): number => (HOPE.indexOf(classifyFailure(error)) + HOPE.length + 1) % (HOPE.length + 1);

/** Why none of them has answered. */
function noneOf(models: readonly Model[], reasons: ReadonlyMap<Model, unknown>): unknown {
  const [best, ...others] = [...reasons.values()].toSorted((a, b) => hopeOf(a) - hopeOf(b));
  if (others.length === 0) return best;
  const said = models.flatMap((model) => (reasons.has(model) ? [`${model.id}: ${messageOf(reasons.get(model))}`] : []));
  const details = best instanceof StepError ? best : undefined;
  return new StepError(kindOf(best), `None of the models has answered. ${said.join(" ")}`, {
    cause: best,
    ...(details?.request !== undefined && { request: details.request }),
    ...(details?.rawAnswer !== undefined && { rawAnswer: details.rawAnswer }),
    ...(details?.retryAfterMs !== undefined && { retryAfterMs: details.retryAfterMs }),
  });
}

/** A check's refusal says that a person has to do something. */
const kindOf = (error: unknown): FailureKind =>
  error instanceof HoldfastError && error.code === "model_unusable" ? "missing_model" : classifyFailure(error);
