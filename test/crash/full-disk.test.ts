import { describe, expect, it } from "vitest";
import { fullDisk } from "./full-disk.ts";
import { Journey, undisturbed } from "./journey.ts";
import { each, firstOfEach, writesOf } from "./point.ts";
import { strikeAll } from "./strike-all.ts";
import { figures, withProblems } from "./trouble.ts";

const newJourney = (): Journey => new Journey();

describe("a run whose disk is full", () => {
  it("stops with nothing marked failed for it and comes to the same end by a resume, at every fifth kind of write", async () => {
    const calm = await undisturbed();
    const points = each(5, writesOf(firstOfEach(calm.points)));
    const strike = fullDisk("HOLDFAST_FAIL_AT", calm);
    const troubles = await strikeAll(points, { ...strike, calm, newJourney, perSession: 6 });
    console.log(figures("Disk full at every fifth kind of write", troubles));
    expect(withProblems(troubles)).toEqual([]);
    expect(points.length).toBeGreaterThan(8);
  });

  it("stays as it is however often it is resumed on a full disk: no item is given up", { tags: "soak" }, async () => {
    const calm = await undisturbed();
    const journey = new Journey();
    for (let round = 0; round < 5; round += 1) {
      // It has begun with its items, and cannot say that it ended.
      await journey.go({ HOLDFAST_FAIL_FROM: "commit:step-outline#1" });
      journey.noteLost();
    }
    const { problems } = journey.arrive(["full again and again"], await journey.go(), calm);
    expect(problems).toEqual([]);
  });

  it(
    "stops with nothing marked failed for it and comes to the same end by a resume, whichever write fails",
    { tags: "soak" },
    async () => {
      const calm = await undisturbed();
      const strike = fullDisk("HOLDFAST_FAIL_AT", calm);
      const troubles = await strikeAll(writesOf(calm.points), { ...strike, calm, newJourney, perSession: 1 });
      console.log(figures("Disk full at one write", troubles));
      expect(withProblems(troubles)).toEqual([]);
      expect(troubles.length).toBeGreaterThan(50);
    },
  );

  it("does so too when the disk stays full", { tags: "soak" }, async () => {
    const calm = await undisturbed();
    const strike = fullDisk("HOLDFAST_FAIL_FROM", calm);
    const troubles = await strikeAll(each(5, writesOf(calm.points)), { ...strike, calm, newJourney, perSession: 1 });
    console.log(figures("Disk full from one write on", troubles));
    expect(withProblems(troubles)).toEqual([]);
    expect(troubles.length).toBeGreaterThan(10);
  });
});
