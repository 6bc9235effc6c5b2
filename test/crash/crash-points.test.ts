import { describe, expect, it } from "vitest";
import { Journey, undisturbed } from "./journey.ts";
import { kills } from "./kills.ts";
import { firstOfEach } from "./point.ts";
import { strikeAll } from "./strike-all.ts";
import { figures, withProblems } from "./trouble.ts";

describe("a run that is killed at a durable boundary", () => {
  it("comes to the same end by a resume, which is killed too, at each boundary once", async () => {
    const calm = await undisturbed();
    const points = firstOfEach(calm.points);
    const troubles = await strikeAll(points, { ...kills, calm, newJourney: () => new Journey(), perSession: 2 });
    console.log(figures("Killed at each boundary once", troubles));
    expect(withProblems(troubles)).toEqual([]);
    expect(points.length).toBeGreaterThan(40);
  }, 600_000);
});
