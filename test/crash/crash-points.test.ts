import { describe, expect, it } from "vitest";
import { countUp } from "./count-up.ts";
import { Journey, undisturbed } from "./journey.ts";
import { killedAt } from "./killed-at.ts";
import { figures, withProblems } from "./trouble.ts";

describe("a run that is killed at a durable boundary", () => {
  it("comes to the same end by a resume, whichever boundary that is", async () => {
    const calm = await undisturbed();
    const troubles = await countUp((n) => killedAt({ at: n }, new Journey(), calm), { atOnce: 3 });
    console.log(figures("Killed once", troubles));
    expect(withProblems(troubles)).toEqual([]);
    expect(troubles.length).toBeGreaterThan(100);
  }, 600_000);

  it("comes to the same end when the resume is killed too", async () => {
    const calm = await undisturbed();
    const kill = (n: number) => ({ at: n * 8, again: 5 + ((n * 13) % 40) });
    const troubles = await countUp((n) => killedAt(kill(n), new Journey(), calm), { atOnce: 3 });
    console.log(figures("Killed twice", troubles));
    expect(withProblems(troubles)).toEqual([]);
    expect(troubles.length).toBeGreaterThan(10);
  }, 600_000);
});
