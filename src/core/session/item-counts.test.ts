import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { countItems, NO_ITEMS, statusOfCounts, sumCounts, wholeItems } from "./item-counts.ts";

const counts = fc.record({
  pending: fc.nat(1000),
  processing: fc.nat(1000),
  completed: fc.nat(1000),
  failed: fc.nat(1000),
  skipped: fc.nat(1000),
  filtered: fc.nat(1000),
  review: fc.nat(1000),
});

describe("sumCounts", () => {
  test("of nothing is no items", () => {
    expect(sumCounts([])).toEqual(NO_ITEMS);
  });

  test("loses no item and counts none twice", () => {
    fc.assert(
      fc.property(fc.array(counts), (all) => {
        expect(countItems(sumCounts(all))).toBe(all.reduce((total, one) => total + countItems(one), 0));
      }),
    );
  });

  test("keeps each status apart", () => {
    expect(
      sumCounts([
        { ...NO_ITEMS, failed: 2 },
        { ...NO_ITEMS, failed: 1, review: 5 },
      ]),
    ).toEqual({ ...NO_ITEMS, failed: 3, review: 5 });
  });
});

describe("statusOfCounts", () => {
  test.each([
    ["completed", {}],
    ["completed", { completed: 3, skipped: 1, filtered: 1, review: 1 }],
    ["partial", { completed: 963, failed: 37 }],
    ["partial", { skipped: 1, failed: 1 }],
    ["failed", { failed: 3 }],
    ["interrupted", { failed: 3, pending: 1 }],
    ["interrupted", { completed: 3, processing: 1 }],
  ] as const)("is %s for %o", (status, some) => {
    expect(statusOfCounts({ ...NO_ITEMS, ...some })).toBe(status);
  });
});

describe("wholeItems", () => {
  test("are what is left of the counts without the parts", () => {
    fc.assert(
      fc.property(counts, counts, (whole, parts) => {
        expect(wholeItems({ counts: sumCounts([whole, parts]), parts })).toEqual(whole);
        expect(wholeItems({ counts: whole })).toEqual(whole);
      }),
    );
  });
});
