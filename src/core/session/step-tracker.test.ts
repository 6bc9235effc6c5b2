import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { stageStatus } from "./stage.ts";
import { StepTracker } from "./step-tracker.ts";

describe("StepTracker timing", () => {
  test("adds up to the time that all items spent in the step, in whatever order they come and go", () => {
    // Each item: when it enters, and how long it stays.
    const visits = fc.array(fc.record({ enterMs: fc.nat(10_000), stayMs: fc.nat(10_000) }), {
      minLength: 1,
      maxLength: 50,
    });
    fc.assert(
      fc.property(visits, (items) => {
        const time = { ms: 0 };
        const tracker = new StepTracker([{ name: "a", stage: "load" }], {
          clock: { now: () => time.ms, wallNow: () => time.ms },
        });
        const moments = items
          .flatMap(({ enterMs, stayMs }) => [
            { at: enterMs, order: 0, happens: () => tracker.start("a") },
            { at: enterMs + stayMs, order: 1, happens: () => tracker.complete("a") },
          ])
          .sort((x, y) => x.at - y.at || x.order - y.order);
        for (const { at, happens } of moments) {
          time.ms = at;
          happens();
        }
        const total = items.reduce((sum, { stayMs }) => sum + stayMs, 0);
        expect(tracker.snapshot().load.steps[0]?.durationMs).toBeCloseTo(total, 2);
      }),
    );
  });
});

describe("StepTracker counts", () => {
  test("lose nothing: what was started is completed, failed, released or in flight", () => {
    const moves = fc.array(fc.constantFrom("start", "complete", "fail", "release"), { maxLength: 200 });
    fc.assert(
      fc.property(moves, (all) => {
        const tracker = new StepTracker([{ name: "a", stage: "extract" }], {
          clock: { now: () => 0, wallNow: () => 0 },
        });
        const did = { start: 0, complete: 0, fail: 0, release: 0 };
        for (const move of all) {
          const inFlight = did.start - did.complete - did.fail - did.release;
          if (move !== "start" && inFlight === 0) continue;
          did[move] += 1;
          if (move === "fail") tracker.fail("a", new Error("no"));
          else tracker[move]("a");
        }
        const { extract } = tracker.snapshot();
        const inFlight = did.start - did.complete - did.fail - did.release;
        expect(extract.steps[0]).toMatchObject({
          itemsProcessed: did.complete,
          itemsFailed: did.fail,
          attempts: did.complete + did.fail,
        });
        expect(extract.steps[0]?.status === "running").toBe(inFlight > 0);
        expect(extract.status).toBe(stageStatus(extract.steps));
      }),
    );
  });
});
