import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RateWindow } from "./rate-window.ts";

describe("a rate window", () => {
  it("holds its limit, and says when the oldest of it is forgotten", () => {
    const window = new RateWindow({ limit: 3, perMs: 1000 });
    window.take(2, 0);
    window.take(1, 400);
    expect(window.waitMs(1, 600)).toBe(400);
    expect(window.waitMs(3, 600)).toBe(800);
    expect(window.waitMs(1, 1000)).toBe(0);
  });

  it("never lets through what is larger than itself", () => {
    expect(new RateWindow({ limit: 3, perMs: 1000 }).waitMs(4, 0)).toBe(Infinity);
  });

  it("makes room at once when less was used than was taken, and takes it back when more was", () => {
    const window = new RateWindow({ limit: 100, perMs: 1000 });
    const taken = window.take(80, 0);
    expect(window.waitMs(40, 10)).toBe(990);
    window.correct(taken, -50);
    expect(window.waitMs(40, 10)).toBe(0);
    window.correct(taken, 60);
    expect(window.waitMs(40, 10)).toBe(990);
  });

  it("remembers what shares an entry until the last of it is old enough", () => {
    const window = new RateWindow({ limit: 2000, perMs: 1_000_000 });
    window.take(1000, 0);
    window.take(1000, 900);
    expect(window.waitMs(1, 1_000_100)).toBe(800);
    expect(window.waitMs(1, 1_000_900)).toBe(0);
  });

  it("leaves alone what it has forgotten", () => {
    const window = new RateWindow({ limit: 10, perMs: 1000 });
    const taken = window.take(10, 0);
    window.take(5, 2000);
    window.correct(taken, -10);
    expect(window.waitMs(6, 2001)).toBe(999);
  });

  it("lets through its limit again and again", () => {
    const window = new RateWindow({ limit: 50, perMs: 1000 });
    let now = 0;
    for (let taken = 0; taken < 500; taken += 1) {
      now += window.waitMs(1, now);
      window.take(1, now);
    }
    expect(now).toBeLessThan(9_050);
  });

  it("never holds more than its limit in any period of its length, whatever is taken when", () => {
    const asks = fc.array(fc.record({ afterMs: fc.nat(700), part: fc.integer({ min: 1, max: 5 }) }), { maxLength: 60 });
    const limits = fc.record({ parts: fc.integer({ min: 5, max: 20 }), size: fc.constantFrom(1, 1000) });
    const lengths = fc.oneof(fc.integer({ min: 1, max: 2000 }), fc.integer({ min: 100_000, max: 1_000_000 }));
    fc.assert(
      fc.property(asks, limits, lengths, (calls, { parts, size }, perMs) => {
        const limit = parts * size;
        const window = new RateWindow({ limit, perMs });
        const taken: { at: number; amount: number }[] = [];
        let now = 0;
        for (const { afterMs, part } of calls) {
          const amount = part * size;
          now += afterMs;
          now += window.waitMs(amount, now);
          expect(window.waitMs(amount, now)).toBe(0);
          window.take(amount, now);
          taken.push({ at: now, amount });
        }
        for (const { at: from } of taken) {
          const within = taken.filter(({ at }) => at >= from && at < from + perMs);
          expect(within.reduce((sum, { amount }) => sum + amount, 0)).toBeLessThanOrEqual(limit);
        }
      }),
    );
  });
});
