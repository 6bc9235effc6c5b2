import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { fencesOf } from "../../../test/docs/fences.ts";
import { reportSimulation } from "./report-simulation.ts";

const text = reportSimulation({ clients: 2000, ratePerSecond: 50, retryAfterSeconds: 10, seed: 42, width: 80 }).join(
  "\n",
);

describe("reportSimulation", () => {
  it("shows what jitter is for: a minute with it, more than ten without", () => {
    expect(text).toContain("The ideal: all are served after 39 s.");
    expect(text).toMatch(/^exponential +0\.5 s to 20 s +652 s +19\.7 +1,950$/m);
    expect(text).toMatch(/^full-jitter +0\.5 s to 20 s +48\.9 s +7\.01 +[\d,]+$/m);
    expect(text).toMatch(/^Retry-After +exactly as asked +371 s +19\.3 +1,950$/m);
    // A herd that stays together, against one that is spread out.
    expect(text).toMatch(/^exponential {9}@@ @ {3}@ {7}@ {15}@ {19}@$/m);
    expect(text).toMatch(/^full-jitter {9}@+#*\**\+*:*\.*$/m);
  });

  it("writes plain characters within the width", () => {
    expect(text).toMatch(/^[ -~\n]+$/);
    expect(Math.max(...text.split("\n").map(({ length }) => length))).toBeLessThanOrEqual(80);
  });

  it("is what the guide shows", () => {
    const page = readFileSync(new URL("../../../docs/guide/retry-anti-patterns.md", import.meta.url), "utf8");
    const shown = fencesOf(page).find((fence) => fence.text.includes("requests/success"));
    expect(`${text}\n`).toBe(shown?.text);
  });
});
