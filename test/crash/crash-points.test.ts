import { describe, expect, it } from "vitest";
import { Journey, undisturbed } from "./journey.ts";
import { kills } from "./kills.ts";
import { each, firstOfEach } from "./point.ts";
import { strikeAll } from "./strike-all.ts";
import { figures, withProblems } from "./trouble.ts";

describe("a run that is killed at a durable boundary", () => {
  it("comes to the same end by a resume, which is killed too, at every fourth boundary", async () => {
    const calm = await undisturbed();
    const points = each(4, firstOfEach(calm.points));
    const troubles = await strikeAll(points, { ...kills, calm, newJourney: () => new Journey(), perSession: 2 });
    console.log(figures("Killed at every fourth boundary", troubles));
    expect(withProblems(troubles)).toEqual([]);
    expect(points.length).toBeGreaterThan(10);
  });

  it("comes to the same end by a resume, whichever boundary that is", { tags: "soak" }, async () => {
    const calm = await undisturbed();
    const troubles = await strikeAll(calm.points, { ...kills, calm, newJourney: () => new Journey(), perSession: 1 });
    console.log(figures("Killed once", troubles));
    expect(withProblems(troubles)).toEqual([]);
    expect(troubles.length).toBeGreaterThan(100);
  });

  it("comes to the same end when the resume is killed too", { tags: "soak" }, async () => {
    const calm = await undisturbed();
    const points = each(4, calm.points);
    const troubles = await strikeAll(points, { ...kills, calm, newJourney: () => new Journey(), perSession: 2 });
    console.log(figures("Killed twice", troubles));
    expect(withProblems(troubles)).toEqual([]);
    expect(troubles.length).toBeGreaterThan(10);
  });
});
