import { expect, it } from "vitest";
import { inBatches } from "./in-batches.ts";

it("asks for what comes at the same time together, in calls of so many, and gives each its own answer", async () => {
  const calls: (readonly number[])[] = [];
  const double = inBatches({
    ask: async (batch: readonly number[]) => {
      calls.push(batch);
      return batch.map((one) => one * 2);
    },
    most: 2,
  });
  expect(await Promise.all([1, 2, 3].map((one) => double(one)))).toEqual([2, 4, 6]);
  expect(await double(4)).toBe(8);
  expect(calls).toEqual([[1, 2], [3], [4]]);
});

it("fails those that were asked for together, and not those after them", async () => {
  const given: number[] = [];
  const ask = inBatches({
    ask: async (batch: readonly number[]) => {
      given.push(...batch);
      if (batch.includes(1)) throw new Error("not today");
      return batch;
    },
    most: 2,
  });
  const ends = await Promise.allSettled([1, 2, 3].map((one) => ask(one)));
  expect(ends.map(({ status }) => status)).toEqual(["rejected", "rejected", "fulfilled"]);
  expect(given).toEqual([1, 2, 3]);
});
