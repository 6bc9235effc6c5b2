import { describe, expect, it } from "vitest";
import { fullDisk } from "./full-disk.ts";
import { Journey, undisturbed } from "./journey.ts";
import { each, writesOf } from "./point.ts";
import { strikeAll } from "./strike-all.ts";
import { figures, withProblems } from "./trouble.ts";

const newJourney = (): Journey => new Journey();

describe("a run whose disk is full", () => {
  it("stops with nothing marked failed for it and comes to the same end by a resume, whichever write fails", async () => {
    const calm = await undisturbed();
    const strike = fullDisk("HOLDFAST_FAIL_AT", calm);
    const troubles = await strikeAll(writesOf(calm.points), { ...strike, calm, newJourney, perSession: 1 });
    console.log(figures("Disk full at one write", troubles));
    expect(withProblems(troubles)).toEqual([]);
    expect(troubles.length).toBeGreaterThan(50);
  }, 3_600_000);

  it("does so too when the disk stays full", async () => {
    const calm = await undisturbed();
    const strike = fullDisk("HOLDFAST_FAIL_FROM", calm);
    const troubles = await strikeAll(each(5, writesOf(calm.points)), { ...strike, calm, newJourney, perSession: 1 });
    console.log(figures("Disk full from one write on", troubles));
    expect(withProblems(troubles)).toEqual([]);
    expect(troubles.length).toBeGreaterThan(10);
  }, 3_600_000);
});
