import { describe, expect, it } from "vitest";
import { randomOpenAIFaults, TRANSIENT_OPENAI_FAULTS } from "./index.ts";

/** The fate of the first `count` calls. */
function fates(rate: number, seed: number, count: number): readonly unknown[] {
  const plan = randomOpenAIFaults({ rate, seed });
  if (typeof plan !== "function") throw new Error("Expected a function");
  return Array.from({ length: count }, (_, index) => plan(index + 1));
}

describe("randomOpenAIFaults", () => {
  it("gives call number n the same fate for the same seed, and another seed other fates", () => {
    expect(fates(0.3, 7, 200)).toEqual(fates(0.3, 7, 200));
    expect(fates(0.3, 7, 200)).not.toEqual(fates(0.3, 8, 200));
  });

  it("makes about the share go wrong that was asked for, in every transient way", () => {
    const faults = fates(0.2, 1, 2000).filter((fault) => fault !== undefined);
    expect(faults.length).toBeGreaterThan(300);
    expect(faults.length).toBeLessThan(500);
    expect(new Set(faults)).toEqual(new Set(TRANSIENT_OPENAI_FAULTS));
  });
});
