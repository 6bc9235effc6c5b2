import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TimeQueue } from "./time-queue.ts";

describe("TimeQueue", () => {
  it("hands out in the order of the times, whatever comes in between", () => {
    const add = fc.record({ atMs: fc.nat(20) });
    fc.assert(
      fc.property(fc.array(fc.oneof(add, fc.constant("pop" as const))), (steps) => {
        const queue = new TimeQueue<number>();
        const expected: number[] = [];
        for (const step of steps) {
          if (step === "pop") {
            expect(queue.pop()?.atMs).toBe(expected.shift());
            continue;
          }
          queue.push(step.atMs, step.atMs);
          expected.push(step.atMs);
          expected.sort((a, b) => a - b);
        }
        for (const atMs of expected) expect(queue.pop()).toEqual({ atMs, value: atMs });
        expect(queue.pop()).toBeUndefined();
      }),
    );
  });
});
