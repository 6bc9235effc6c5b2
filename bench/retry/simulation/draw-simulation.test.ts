import { describe, expect, it } from "vitest";
import { drawHistograms, drawResults, type Result } from "./draw-simulation.ts";
import type { Simulation } from "./simulate.ts";

const simulation: Simulation = {
  served: 100,
  gaveUp: 0,
  unfinished: 0,
  endedAtMs: 12_345,
  requests: 250,
  requestsPerSuccess: 2.5,
  peakRetriesPerSecond: 1234,
  requestsPerSecond: [0, 10, 11, 40, 41, 160, 161, 5],
};
const result = (changes: Partial<Simulation> = {}): Result => ({
  strategy: "fixed",
  waits: "2 s",
  simulation: { ...simulation, ...changes },
});

describe("drawResults", () => {
  it("puts strategies side by side", () => {
    const gaveUp = { ...result({ gaveUp: 1500, served: 10 }), strategy: "exponential" };
    const unfinished = result({ unfinished: 7, served: 93, endedAtMs: 3_600_000 });
    expect(drawResults([result(), gaveUp, unfinished], 80)).toEqual([
      "strategy     waits     all served  requests/success  peak/s",
      "fixed        2 s           12.3 s               2.5   1,234",
      "exponential  2 s    1,500 gave up               2.5   1,234",
      "fixed        2 s    93 by 3,600 s               2.5   1,234",
    ]);
  });

  it("leaves the waits out on a narrow terminal", () => {
    expect(drawResults([result()], 50)).toEqual([
      "strategy  all served  requests/success  peak/s",
      "fixed         12.3 s               2.5   1,234",
    ]);
  });
});

describe("drawHistograms", () => {
  it("marks each column with the load in it, against what the server can answer", () => {
    const lines = drawHistograms([result()], { ratePerSecond: 10, idealMs: 5000, width: 20 });
    expect(lines).toEqual([
      "The first 13 s, 1 s a column: requests against what the server can answer",
      ". up to 1x   : up to 2x   + up to 4x   * up to 8x   # up to 16x   @ more",
      "",
      "fixed   .:+*#@.",
    ]);
  });

  it("takes several seconds into a column when the ideal alone takes longer than there are columns", () => {
    const lines = drawHistograms([result()], { ratePerSecond: 10, idealMs: 80_000, width: 200 });
    expect(lines[0]).toMatch(/^The first 120 s, 2 s a column:/);
    expect(lines.at(-1)).toBe("fixed  .+##");
  });
});
