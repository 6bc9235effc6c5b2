import { describe, expect, it } from "vitest";
import { importErrand } from "./import-errand.ts";
import { Journey, undisturbed } from "./journey.ts";
import { kills } from "./kills.ts";
import { each, firstOfEach } from "./point.ts";
import { strikeAll } from "./strike-all.ts";
import { figures, withProblems } from "./trouble.ts";

const newJourney = async (): Promise<Journey> => new Journey({ errand: await importErrand() });

describe("an import of a chat in parts that is killed at a durable boundary", () => {
  it("comes to the same notes by a resume, and no part is paid for twice, at every second boundary of its own", async () => {
    const calm = await undisturbed(await newJourney());
    expect(calm.calls.length).toBeGreaterThan(8);
    expect(calm.calls.filter((call) => call.endsWith("refused"))).toHaveLength(1);
    // Those that every run has are the crash pipeline's.
    const { points: shared } = await undisturbed();
    const known = new Set(shared.map(({ name }) => name));
    const points = each(
      2,
      firstOfEach(calm.points).filter(({ name }) => !known.has(name)),
    );
    const troubles = await strikeAll(points, { ...kills, calm, newJourney, perSession: 2 });
    console.log(figures("An import in parts, killed at every second boundary of its own", troubles));
    expect(withProblems(troubles)).toEqual([]);
    expect(points.length).toBeGreaterThan(3);
  });

  it(
    "comes to the same notes by a resume, and no part is paid for twice, whichever boundary that is",
    { tags: "soak" },
    async () => {
      const calm = await undisturbed(await newJourney());
      const troubles = await strikeAll(calm.points, { ...kills, calm, newJourney, perSession: 1 });
      console.log(figures("An import in parts, killed once", troubles));
      expect(withProblems(troubles)).toEqual([]);
      expect(troubles.length).toBeGreaterThan(100);
    },
  );
});
