import { costOf, spentIn, type Price } from "../../core/model/index.ts";
import type { ItemWork } from "./item-work.ts";
import { groupBySize, project, type Projected } from "./projection.ts";
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
  const isAnswered = (place: number): boolean => survey[place]?.answered[model] === true;
  const groups = groupBySize(
    survey.map(({ size }) => size),
    [...works.keys()],
    (place) => !isAnswered(place),
  );
  const restOf = (valueOf: (work: ItemWork) => number): Projected | undefined =>
    project(groups, (place) => {
      const work = works.get(place);
      return work ? valueOf(work) : 0;
    });
  const costs = [...works.values()].map((work) => costOfWork(work, price));
  const isPriced = costs.every((cost) => cost !== undefined);
  const rest = {
    items: groups.reduce((sum, { restItems }) => sum + restItems, 0),
    calls: restOf(VALUES.calls),
    inputTokens: restOf(VALUES.inputTokens),
    outputTokens: restOf(VALUES.outputTokens),
    cost: isPriced ? restOf((work) => costOfWork(work, price) ?? 0) : undefined,
  };
  const work = restOf(({ durationMs }) => durationMs);
  const { calls, inputTokens, outputTokens, cost } = rest;
  if (!calls || !inputTokens || !outputTokens || !work) return undefined;
  const sumOf = (valueOf: (work: ItemWork) => number): number =>
    [...works.values()].reduce((sum, each) => sum + valueOf(each), 0);
  const left: ProjectedUse = { items: rest.items, calls, inputTokens, outputTokens, ...(cost && { cost }) };
  return {
    measured: works.size,
    rest: left,
    whole: {
      items: rest.items + works.size,
      calls: plus(calls, sumOf(VALUES.calls)),
      inputTokens: plus(inputTokens, sumOf(VALUES.inputTokens)),
      outputTokens: plus(outputTokens, sumOf(VALUES.outputTokens)),
      ...(cost && {
        cost: plus(
          cost,
          sumOf((each) => costOfWork(each, price) ?? 0),
        ),
      }),
    },
    answered: survey.filter((_, place) => isAnswered(place) && !works.has(place)).length,
    durationMs: atLeast(times(work, 1 / Math.max(1, atOnce)), floorsOf(left, limits)),
  };
}

const VALUES = {
  calls: ({ usage }: ItemWork): number => usage.calls,
  inputTokens: ({ usage }: ItemWork): number => usage.inputTokens,
  // What a server did not report was mostly being written.
  outputTokens: ({ usage }: ItemWork): number => usage.outputTokens + usage.estimatedTokens,
} as const;

/** `undefined` where some of it is unknown. */
export function costOfWork({ usage }: Pick<ItemWork, "usage">, price: Price | undefined): number | undefined {
  const spent = spentIn(usage).cost;
  if (usage.callsOfUnknownCost === 0 || usage.estimatedCost > 0) return spent;
  // It may have been measured by a session that had no price.
  return price && usage.callsOfUnknownTokens === 0 ? costOf(usage, price).cost : undefined;
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
