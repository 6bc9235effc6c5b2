import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AdaptiveLimit } from "./adaptive-limit.ts";

describe("an adaptive limit", () => {
  it("halves, and climbs back by one after so many successes", () => {
    const limit = new AdaptiveLimit({ most: 8, successesToGrow: 2 });
    expect([limit.halve(), limit.current]).toEqual([true, 4]);
    expect([limit.succeed(), limit.succeed(), limit.current]).toEqual([false, true, 5]);
  });

  it("counts successes from zero after each halving", () => {
    const limit = new AdaptiveLimit({ most: 8, successesToGrow: 2 });
    limit.halve();
    limit.succeed();
    limit.halve();
    expect([limit.succeed(), limit.current]).toEqual([false, 2]);
  });

  it("stays between one and what was configured, and gets back there", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), fc.array(fc.boolean(), { maxLength: 200 }), (most, events) => {
        const limit = new AdaptiveLimit({ most, successesToGrow: 3 });
        for (const isSuccess of events) {
          if (isSuccess) limit.succeed();
          else limit.halve();
          expect(limit.current).toBeGreaterThanOrEqual(1);
          expect(limit.current).toBeLessThanOrEqual(most);
        }
        for (let n = 0; n < 3 * most; n += 1) limit.succeed();
        expect(limit.current).toBe(most);
      }),
    );
  });
});
