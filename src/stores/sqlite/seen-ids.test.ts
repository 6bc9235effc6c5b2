import { describe, expect, it } from "vitest";
import { SeenIds } from "./seen-ids.ts";

const ids = (prefix: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, n) => `${prefix}${n}`);

describe("seen ids", () => {
  it("never take a known item for new", () => {
    const known = new SeenIds({ isComplete: true });
    const added = [...ids("doc-", 20_000), "", "é", "chat:0b3c1f6e-9a55-4a52-b9d1-1f3f0a7c6d21"];
    for (const id of added) known.add("work", id);
    expect(added.filter((id) => !known.mayHold("work", id))).toEqual([]);
  });

  it("tell nearly all new items of a million known ones from them", () => {
    const known = new SeenIds({ isComplete: true });
    for (const id of ids("doc-", 1_000_000)) known.add("work", id);
    const taken = ids("doc-new-", 100_000).filter((id) => known.mayHold("work", id));
    expect(taken.length).toBeLessThan(1000);
    expect(ids("doc-", 100_000).filter((id) => known.mayHold("other", id)).length).toBeLessThan(1000);
  });

  it("take every item for known when not all were seen", () => {
    expect(new SeenIds({ isComplete: false }).mayHold("work", "a")).toBe(true);
    const known = new SeenIds({ isComplete: true });
    expect(known.mayHold("work", "a")).toBe(false);
    known.giveUp();
    expect(known.mayHold("work", "a")).toBe(true);
  });
});
