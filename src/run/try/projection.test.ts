import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NO_USAGE } from "../../core/model/index.ts";
import { chooseSample, randomNumbers } from "./choose-sample.ts";
import { projectSample } from "./project-sample.ts";
import { groupBySize, leastDoubt, project } from "./projection.ts";
import type { TriedItem } from "./run-sample.ts";

const sizesOf = fc.array(fc.integer({ min: 1, max: 1_000_000 }), { minLength: 1, maxLength: 200 });

describe("a sample", () => {
  it.each([
    ["the middle one of each group", [5, 4, 3, 2, 1, 0], { count: 2 }, [4, 1]],
    ["the one in the middle", [30, 10, 20], { count: 1 }, [2]],
    ["all when there are fewer", [3, 1], { count: 5 }, [1, 0]],
    ["the earlier of equal ones", [7, 7, 7, 7], { count: 2 }, [0, 2]],
    ["nothing of nothing", [], { count: 5 }, []],
  ])("takes %s", (_, sizes, choice, places) => {
    expect(chooseSample(sizes, choice)).toEqual(places);
  });

  it("is the same each time, holds no item twice, and has one of each group by size", () => {
    const seeds = fc.option(fc.nat(), { nil: undefined });
    fc.assert(
      fc.property(sizesOf, fc.integer({ min: 1, max: 250 }), seeds, (sizes, count, seed) => {
        const places = chooseSample(sizes, { count, seed });
        expect(chooseSample(sizes, { count, seed })).toEqual(places);
        expect(new Set(places).size).toBe(Math.min(count, sizes.length));
        const taken = places.map((place) => sizes[place] ?? 0);
        expect(taken).toEqual(taken.toSorted((a, b) => a - b));
        const all = sizes.toSorted((a, b) => a - b);
        for (const [group, size] of taken.entries()) {
          expect(size).toBeGreaterThanOrEqual(all[Math.floor((group * all.length) / places.length)] ?? 0);
          expect(size).toBeLessThanOrEqual(all[Math.floor(((group + 1) * all.length) / places.length) - 1] ?? 0);
        }
      }),
    );
  });

  it("is another one with another seed", () => {
    const sizes = Array.from({ length: 1000 }, (_, n) => n);
    const drawn = [1, 2, 3].map((seed) => chooseSample(sizes, { count: 5, seed }).join(" "));
    expect(new Set(drawn).size).toBe(3);
  });
});

describe("a projection", () => {
  it("gives each item to the measured one that is nearest in the order of sizes, and leaves out what needs no work", () => {
    const sizes = [10, 20, 30, 40, 50, 60, 70];
    const groups = groupBySize(sizes, [1, 5], (place) => place !== 6);
    expect(groups).toEqual([
      { measured: 1, rest: [0, 2, 3] },
      { measured: 5, rest: [4] },
    ]);
    expect(groupBySize(sizes, [])).toEqual([]);
    expect(project([], [])).toBeUndefined();
  });

  it("is exact where items take as much as they are large, and its range holds it", () => {
    fc.assert(
      fc.property(sizesOf, fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 9 }), (sizes, count, factor) => {
        const chosen = chooseSample(sizes, { count });
        const by = (place: number): number => sizes[place] ?? 0;
        const projected = project(groupBySize(sizes, chosen), [{ of: (place) => factor * by(place), by }]);
        const rest = sizes.reduce((sum, size) => sum + size, 0) - chosen.reduce((sum, place) => sum + by(place), 0);
        expect(projected?.likely).toBeCloseTo(factor * rest, 3);
        const doubt = leastDoubt(chosen.length);
        expect(projected?.least).toBeCloseTo((factor * rest) / doubt, 3);
        expect(projected?.most).toBeCloseTo(factor * rest * doubt, 3);
      }),
    );
  });

  it("has a range that holds it and that is the same each time, whatever was measured", () => {
    fc.assert(
      fc.property(sizesOf, fc.integer({ min: 1, max: 20 }), fc.func(fc.nat(10_000)), (sizes, count, taken) => {
        const groups = groupBySize(sizes, chooseSample(sizes, { count }));
        const shares = [{ of: (place: number) => taken(place), by: (place: number) => sizes[place] ?? 0 }];
        const projected = project(groups, shares);
        expect(project(groups, shares)).toEqual(projected);
        if (!projected) throw new Error("Something was measured");
        expect(projected.least).toBeLessThanOrEqual(projected.likely);
        expect(projected.most).toBeGreaterThanOrEqual(projected.likely);
      }),
    );
  });

  it.each([
    [5, 0.8],
    [20, 0.8],
  ])("from %i items has the truth in its range at least %d of the time", (count, share) => {
    const random = randomNumbers(42);
    const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    const populations = 300;
    let held = 0;
    for (let n = 0; n < populations; n += 1) {
      // Sizes as chats have them: a few are a hundred times as long as most.
      const sizes = Array.from({ length: 400 }, () => Math.ceil(3000 * Math.exp(1.2 * normal())));
      const taken = sizes.map((size) => (600 + size / 4) * Math.exp(0.25 * normal()));
      const chosen = chooseSample(sizes, { count });
      const by = (place: number): number => sizes[place] ?? 0;
      const of = (place: number): number => taken[place] ?? 0;
      const projected = project(groupBySize(sizes, chosen), [{ of, by }]);
      const rest = taken.reduce((sum, each) => sum + each, 0) - chosen.reduce((sum, place) => sum + of(place), 0);
      held += projected && projected.least <= rest && rest <= projected.most ? 1 : 0;
    }
    expect(held / populations).toBeGreaterThanOrEqual(share);
  });
});

describe("the whole, by a sample", () => {
  const price = { inputPerMillion: 1, outputPerMillion: 4 };

  const triedOf = (place: number, input: number, output: number, more: Partial<TriedItem> = {}): TriedItem => {
    const usage = { ...NO_USAGE, calls: 1, inputTokens: input, outputTokens: output, cost: (input + 4 * output) / 1e6 };
    const work = { usage, durationMs: 10 * output, cachedAnswers: 0 };
    return {
      itemId: `i${place}`,
      status: "completed",
      reason: undefined,
      input: undefined,
      outputFile: undefined,
      work,
      measured: work,
      ...more,
    };
  };

  const survey = (sizes: readonly number[], calls: readonly number[] = [], answered: readonly number[] = []) =>
    sizes.map((size, place) => ({
      itemId: `i${place}`,
      size,
      plans: calls.length === 0 ? [] : [{ calls: calls[place] ?? 0, answered: answered.includes(place) }],
    }));

  it("is what was measured when the sample is the whole", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(5000), fc.nat(5000)), { minLength: 1, maxLength: 30 }), (uses) => {
        const tried = uses.map(([input, output], place) => triedOf(place, input, output));
        const projected = projectSample({
          survey: survey(uses.map(([input]) => input)),
          model: 0,
          tried,
          price,
          atOnce: 2,
        });
        const input = uses.reduce((sum, use) => sum + use[0], 0);
        const output = uses.reduce((sum, use) => sum + use[1], 0);
        const cost = expect.closeTo((input + 4 * output) / 1e6, 9);
        expect(projected?.whole).toEqual({
          items: uses.length,
          calls: { likely: uses.length, least: uses.length, most: uses.length },
          inputTokens: { likely: input, least: input, most: input },
          outputTokens: { likely: output, least: output, most: output },
          cost: { likely: cost, least: cost, most: cost },
        });
        expect(projected?.rest).toMatchObject({ items: 0, cost: { likely: 0, least: 0, most: 0 } });
        expect(projected?.durationMs).toEqual({ likely: 0, least: 0, most: 0 });
      }),
    );
  });

  it("grows with the size in what is read, and with the calls in what is written", () => {
    // The second is as long as ten, in ten parts; the third is as long as ten, in one call.
    const projected = projectSample({
      survey: survey([100, 1000, 1000], [1, 10, 1]),
      model: 0,
      tried: [triedOf(0, 50, 7)],
      price,
      atOnce: 1,
    });
    expect(projected?.rest).toMatchObject({
      items: 2,
      calls: { likely: 11 },
      inputTokens: { likely: 1000 },
      outputTokens: { likely: 77 },
      cost: { likely: expect.closeTo((1000 + 4 * 77) / 1e6, 12) },
    });
  });

  it("says from one item only that it may be half or twice as much", () => {
    const projected = projectSample({
      survey: survey([10, 10]),
      model: 0,
      tried: [triedOf(0, 40, 8)],
      price,
      atOnce: 1,
    });
    expect(projected?.rest.inputTokens).toEqual({ likely: 40, least: 20, most: 80 });
    expect(projected?.whole.inputTokens).toEqual({ likely: 80, least: 60, most: 120 });
  });

  it("leaves out what is answered already, but for what was measured of it", () => {
    const cached = triedOf(0, 40, 8, { work: { usage: NO_USAGE, durationMs: 0, cachedAnswers: 1 } });
    const projected = projectSample({
      survey: survey([10, 10, 10, 10], [0, 0, 1, 1], [0, 1]),
      model: 0,
      tried: [cached],
      price,
      atOnce: 1,
    });
    expect(projected).toMatchObject({ answered: 1, whole: { items: 3 }, rest: { items: 2, calls: { likely: 2 } } });
  });

  it.each([
    ["no price", undefined, { callsOfUnknownCost: 1, cost: 0 }, undefined],
    ["a price that came later", price, { callsOfUnknownCost: 1, cost: 0 }, (40 + 4 * 8) / 1e6],
    ["a server that says the cost", undefined, { callsOfUnknownCost: 0, cost: 0.5 }, 0.5],
  ])("has a cost for %s as far as it is known", (_, known, part, cost) => {
    const item = triedOf(0, 40, 8);
    const work = { ...item.work, usage: { ...item.work.usage, ...part } };
    const projected = projectSample({
      survey: survey([10, 10]),
      model: 0,
      tried: [{ ...item, work, measured: work }],
      price: known,
      atOnce: 1,
    });
    expect(projected?.rest.cost?.likely).toEqual(cost === undefined ? undefined : expect.closeTo(cost, 12));
  });

  it("takes as long as the pace allows, and as the source takes to be read", () => {
    const asked = { survey: survey([10, 10, 10]), model: 0, tried: [triedOf(0, 40, 8)], price };
    const timeOf = (atOnce: number, limits = {}) => projectSample({ ...asked, atOnce, limits })?.durationMs.likely;
    expect(timeOf(1)).toBe(160);
    expect(timeOf(2)).toBe(80);
    expect(timeOf(2, { callsPerMinute: 10 })).toBe(12_000);
    expect(timeOf(2, { tokensPerMinute: 96 })).toBe(60_000);
    expect(timeOf(2, { readMs: 5000 })).toBe(5000);
  });

  it("is unknown when nothing was measured", () => {
    const tried = [triedOf(0, 1, 1, { measured: undefined })];
    expect(projectSample({ survey: survey([10, 10]), model: 0, tried, price, atOnce: 1 })).toBeUndefined();
  });
});
