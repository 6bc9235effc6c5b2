import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { waitDecorrelatedJitter, waitExponential, waitFixed, waitFullJitter } from "../../../retry/index.ts";
import { drawSchedule } from "./draw-schedule.ts";
import { scheduleOf } from "./schedule.ts";

const exponential = waitExponential({ multiplier: "1s", max: "4s" });

describe("drawSchedule", () => {
  it("draws a bar for each wait, the longest as wide as there is room", () => {
    expect(drawSchedule(scheduleOf(exponential, 4), 63)).toEqual([
      "attempt  wait before it  mean  passed  at worst",
      "      1            none           0 s       0 s",
      "      2             1 s   1 s     1 s       1 s  ####",
      "      3             2 s   2 s     3 s       3 s  #######",
      "      4             4 s   4 s     7 s       7 s  ##############",
    ]);
  });

  it("tells apart what is certain, what jitter adds, and the mean", () => {
    const schedule = scheduleOf(waitFullJitter({ min: "1s", multiplier: "4s", max: "8s" }), 3);
    expect(drawSchedule(schedule, 65).slice(2)).toEqual([
      "      2      1 s to 4 s  2.5 s   2.5 s       4 s  ##---|--",
      "      3      1 s to 8 s  4.5 s     7 s      12 s  ##------|------",
      "",
      "#  waited for certain   -  added by jitter   |  the mean",
    ]);
  });

  it("leaves the bars out where there is no room for them", () => {
    const lines = drawSchedule(scheduleOf(waitFullJitter({ max: "8s" }), 3), 50);
    expect(lines).toHaveLength(4);
    expect(lines.join("")).not.toMatch(/[#|]/);
  });

  it("draws no bar for a wait of nothing", () => {
    expect(drawSchedule(scheduleOf(waitFixed(0), 2), 80).at(-1)).toBe(
      "      2             0 s   0 s     0 s       0 s",
    );
  });

  it("leaves out the middle of very many attempts", () => {
    const lines = drawSchedule(scheduleOf(exponential, 100), 80);
    expect(lines).toHaveLength(1 + 25 + 1);
    expect(lines.at(-2)).toBe("... 75 more attempts");
    expect(lines.at(-1)).toMatch(/^ {4}100 /);
  });

  it("is never wider than it may be, from the width of its numbers on", () => {
    const schedules = [exponential, waitDecorrelatedJitter({ max: "10s" })].map((wait) => scheduleOf(wait, 6));
    fc.assert(
      fc.property(fc.constantFrom(...schedules), fc.integer({ min: 60, max: 300 }), (schedule, width) => {
        for (const line of drawSchedule(schedule, width)) expect(line.length).toBeLessThanOrEqual(width);
      }),
    );
  });
});
