import { describe, expect, it } from "vitest";
import { importErrand } from "./import-errand.ts";
import { Journey, undisturbed } from "./journey.ts";
import { kills } from "./kills.ts";
import { strikeAll } from "./strike-all.ts";
import { figures, withProblems } from "./trouble.ts";

const newJourney = async (): Promise<Journey> => new Journey({ errand: await importErrand() });

describe("an import of a chat in parts that is killed at a durable boundary", () => {
  it("comes to the same notes by a resume, and no part is paid for twice, whichever boundary that is", async () => {
    const calm = await undisturbed(await newJourney());
    const troubles = await strikeAll(calm.points, { ...kills, calm, newJourney, perSession: 1 });
    console.log(figures("An import in parts, killed once", troubles));
    expect(withProblems(troubles)).toEqual([]);
    expect(troubles.length).toBeGreaterThan(100);
  }, 3_600_000);
});
