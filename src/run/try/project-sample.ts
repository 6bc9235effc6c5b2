import { costOf as listedCost, spentIn, type Price } from "../../core/model/index.ts";
import type { ItemWork } from "./item-work.ts";
import { groupBySize, project, type Projected, type Share } from "./projection.ts";
import type { TriedItem } from "./run-sample.ts";
import type { SurveyedItem } from "./survey.ts";

/** What items take from a model, projected. */
export interface ProjectedUse {
  readonly items: number;
  readonly calls: Projected;
  readonly inputTokens: Projected;
  readonly outputTokens: Projected;
  /** Absent without a price. */
  readonly cost?: Projected;
}

/** What the whole takes, by what a sample took. */
export interface SampleProjection {
  /** The items of the sample that it rests on. */
  readonly measured: number;
  /** All items, those of the sample included, but for those whose answers were cached before. */
  readonly whole: ProjectedUse;
  /** The items of `whole` without those that were measured. */
  readonly rest: ProjectedUse;
  /** Items whose answers were cached before the try; a run calls nothing for them. */
  readonly answered: number;
  /** How long a run of the rest takes. */
  readonly durationMs: Projected;
}

export interface ProjectSampleOptions {
  readonly survey: readonly SurveyedItem[];
  /** Which of the survey's models it is. */
  readonly model: number;
  readonly tried: readonly TriedItem[];
  readonly price: Price | undefined;
  /** How many items are done at once. */
  readonly atOnce: number;
  readonly limits?: PaceLimits;
}

/** What holds a run up whatever its model does. */
export interface PaceLimits {
  /** How long the source takes to be read. @default no time */
  readonly readMs?: number;
  readonly callsPerMinute?: number | undefined;
  readonly tokensPerMinute?: number | undefined;
}

/** Projects what the whole takes; `undefined` when no item of the sample was measured. */
export function projectSample(options: ProjectSampleOptions): SampleProjection | undefined {
  const { survey, model, tried, price, atOnce, limits = {} } = options;
  const places = new Map(survey.map(({ itemId }, place) => [itemId, place]));
  const works = new Map<number, ItemWork>();
  for (const { itemId, measured } of tried) {
    const place = places.get(itemId);
    if (place !== undefined && measured) works.set(place, measured);
  }
  const isAnswered = (place: number): boolean => survey[place]?.plans[model]?.answered === true;
  const sizes = survey.map(({ size }) => size);
  const groups = groupBySize(sizes, [...works.keys()], (place) => !isAnswered(place));
  const { bySize, byCalls } = measuresOf(options, works);
  const of = (valueOf: (work: ItemWork) => number) => (place: number) => {
    const work = works.get(place);
    return work ? valueOf(work) : 0;
  };
  const costOf = of((work) => costOfWork(work, price) ?? 0);
  const writtenShare = of((work) => writtenOf(work, price));
  const calls = project(groups, [{ of: of(VALUES.calls), by: byCalls }]);
  const inputTokens = project(groups, [{ of: of(VALUES.inputTokens), by: bySize }]);
  const outputTokens = project(groups, [{ of: of(VALUES.outputTokens), by: byCalls }]);
  const cost = project(groups, [
    { of: (place) => costOf(place) * (1 - writtenShare(place)), by: bySize },
    { of: (place) => costOf(place) * writtenShare(place), by: byCalls },
  ]);
  // A model may take its time for reading or for writing.
  const time = of(({ durationMs }) => durationMs);
  const read = project(groups, [{ of: time, by: bySize }]);
  const written = project(groups, [{ of: time, by: byCalls }]);
  if (!calls || !inputTokens || !outputTokens || !cost || !read || !written) return undefined;
  const isPriced = [...works.values()].every((work) => costOfWork(work, price) !== undefined);
  const sumOf = (valueOf: (place: number) => number): number =>
    [...works.keys()].reduce((sum, place) => sum + valueOf(place), 0);
  const items = groups.reduce((sum, { rest }) => sum + rest.length, 0);
  const rest: ProjectedUse = { items, calls, inputTokens, outputTokens, ...(isPriced && { cost }) };
  return {
    measured: works.size,
    rest,
    whole: {
      items: items + works.size,
      calls: plus(calls, sumOf(of(VALUES.calls))),
      inputTokens: plus(inputTokens, sumOf(of(VALUES.inputTokens))),
      outputTokens: plus(outputTokens, sumOf(of(VALUES.outputTokens))),
      ...(isPriced && { cost: plus(cost, sumOf(costOf)) }),
    },
    answered: survey.filter((_, place) => isAnswered(place) && !works.has(place)).length,
    durationMs: atLeast(times(between(read, written), 1 / Math.max(1, atOnce)), floorsOf(rest, limits)),
  };
}

const VALUES = {
  calls: ({ usage }: ItemWork): number => usage.calls,
  inputTokens: ({ usage }: ItemWork): number => usage.inputTokens,
  // What a server did not report was mostly being written.
  outputTokens: ({ usage }: ItemWork): number => usage.outputTokens + usage.estimatedTokens,
} as const;

/**
 * By what items are compared. What is read grows with their size. What is written grows with the calls that a dry run has
 * counted; without one, it is the same for each item where each measured one took the same number of calls.
 */
function measuresOf(
  { survey, model }: ProjectSampleOptions,
  works: ReadonlyMap<number, ItemWork>,
): { readonly bySize: Share["by"]; readonly byCalls: Share["by"] } {
  const bySize = (place: number): number => Math.max(1, survey[place]?.size ?? 1);
  if (survey.some(({ plans }) => plans[model] !== undefined)) {
    // Of a measured item whose answers were cached, the dry run has seen no call.
    const byCalls = (place: number): number =>
      Math.max(1, survey[place]?.plans[model]?.calls || (works.get(place)?.usage.calls ?? 1));
    return { bySize, byCalls };
  }
  const calls = new Set([...works.values()].map(({ usage }) => usage.calls));
  return { bySize, byCalls: calls.size === 1 ? () => 1 : bySize };
}

/** The share of an item's cost that is for what was written. */
function writtenOf({ usage }: ItemWork, price: Price | undefined): number {
  if (!price) return 0.5;
  const [read, written] = [
    usage.inputTokens * price.inputPerMillion,
    (usage.outputTokens + usage.estimatedTokens) * price.outputPerMillion,
  ];
  return read + written === 0 ? 0.5 : written / (read + written);
}

/** `undefined` where some of it is unknown. */
export function costOfWork({ usage }: Pick<ItemWork, "usage">, price: Price | undefined): number | undefined {
  const spent = spentIn(usage).cost;
  if (usage.callsOfUnknownCost === 0 || usage.estimatedCost > 0) return spent;
  if (!price || usage.callsOfUnknownTokens > 0) return undefined;
  // It was measured by a session that had no price. Its cost of 0 is not what a server said.
  const { inputTokens, cachedInputTokens, outputTokens } = usage;
  return listedCost({ inputTokens, cachedInputTokens, outputTokens }, price).cost;
}

function floorsOf({ calls, inputTokens, outputTokens }: ProjectedUse, limits: PaceLimits): number {
  const { readMs = 0, callsPerMinute, tokensPerMinute } = limits;
  const tokens = inputTokens.likely + outputTokens.likely;
  return Math.max(
    // Reading goes on beside the calls, and a run without work left is done with it.
    readMs,
    callsPerMinute === undefined ? 0 : (60_000 * calls.likely) / callsPerMinute,
    tokensPerMinute === undefined ? 0 : (60_000 * tokens) / tokensPerMinute,
  );
}

const plus = ({ likely, least, most }: Projected, more: number): Projected => ({
  likely: likely + more,
  least: least + more,
  most: most + more,
});

/** In the middle of two, in the range of both. */
const between = (a: Projected, b: Projected): Projected => ({
  likely: (a.likely + b.likely) / 2,
  least: Math.min(a.least, b.least),
  most: Math.max(a.most, b.most),
});

const times = ({ likely, least, most }: Projected, factor: number): Projected => ({
  likely: likely * factor,
  least: least * factor,
  most: most * factor,
});

const atLeast = ({ likely, least, most }: Projected, floor: number): Projected => ({
  likely: Math.max(likely, floor),
  least: Math.max(least, floor),
  most: Math.max(most, floor),
});
