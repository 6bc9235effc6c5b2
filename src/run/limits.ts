import { HoldfastError, messageOf } from "../core/failure/index.ts";
import { resolveLaneLimits } from "../core/lane/index.ts";
import { assertPrices, sumUsage, type Usage } from "../core/model/index.ts";
import { assertDeadline, assertRunLimits, LimitGuard, type RunControl } from "../core/runner/index.ts";
import { sumCounts } from "../core/session/index.ts";
import type { SessionStore } from "../core/storage/index.ts";
import { priceOf } from "../llm/prices/index.ts";
import type { RunOptions } from "./run-options.ts";

/** Throws a `HoldfastError` (`usage`) for invalid lane limits, prices or run limits, before anything is started. */
export function assertLimits({
  lanes = {},
  prices = {},
  limits = {},
  maxOutputTokens,
  model,
  embeddingModel,
}: RunOptions): void {
  for (const [name, limits] of Object.entries(lanes)) {
    try {
      resolveLaneLimits(limits);
    } catch (cause) {
      throw new HoldfastError("usage", `The limits of lane ${JSON.stringify(name)}: ${messageOf(cause)}.`, { cause });
    }
  }
  assertPrices(prices);
  if (maxOutputTokens !== undefined && !(Number.isSafeInteger(maxOutputTokens) && maxOutputTokens > 0)) {
    throw new HoldfastError(
      "usage",
      `Expected \`maxOutputTokens\` to be a whole number of 1 or more, got ${maxOutputTokens}.`,
    );
  }
  assertRunLimits(limits);
  assertDeadline(limits, new Date());
  if (limits.maxCost === undefined) return;
  const models = [...(model?.alternatives?.models ?? [model]), embeddingModel];
  for (const paid of models.filter((each) => each?.lane !== undefined)) {
    if (!paid || priceOf(paid, prices)) continue;
    throw new HoldfastError("usage", `A cost limit needs the price of ${paid.id}, but none is known.`, {
      hint: { kind: "give_price" },
    });
  }
}

/** A line about limits that can never be reached, since the model counts nothing; or none. */
export function idleLimits({ limits = {}, model, embeddingModel }: RunOptions): readonly string[] {
  if (model?.lane !== undefined || embeddingModel) return [];
  const idle = [
    ...(limits.maxCost === undefined ? [] : ["cost"]),
    ...(limits.maxTokens === undefined ? [] : ["tokens"]),
  ];
  if (idle.length === 0) return [];
  const name = model?.id ?? "extractive";
  return [`The model ${name} counts no tokens and costs nothing: the limit on ${idle.join(" and ")} has no effect.`];
}

export interface SessionLimits {
  readonly sessionId: string;
  readonly phases: readonly string[];
  readonly store: SessionStore;
  readonly control: RunControl;
}

/** The guard of a run's limits, including what the session did before. */
export function guardLimits(
  { limits = {} }: RunOptions,
  { sessionId, phases, store, control }: SessionLimits,
): LimitGuard {
  const counts = sumCounts(phases.map((phase) => store.counts(phase)));
  const usage = usageOf(store, phases);
  const guard = new LimitGuard(limits, { sessionId, control, counts, usage });
  guard.check();
  return guard;
}

/** What the calls of a session have cost so far. */
export const usageOf = (store: SessionStore, phases: readonly string[]): Usage =>
  sumUsage(phases.flatMap((phase) => store.stepTotals(phase).map((totals) => totals.usage)));
