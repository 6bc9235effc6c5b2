import { describe, expect, it } from "vitest";
import { countUp } from "./count-up.ts";
import { importErrand } from "./import-errand.ts";
import { Journey, undisturbed } from "./journey.ts";
import { killedAt } from "./killed-at.ts";
import { figures, withProblems } from "./trouble.ts";

const newJourney = async (): Promise<Journey> => new Journey({ errand: await importErrand() });

describe("an import of a chat in parts that is killed at a durable boundary", () => {
  it("comes to the same notes by a resume, and no part is paid for twice", async () => {
    const calm = await undisturbed(await newJourney());
    expect(calm.calls.length).toBeGreaterThan(8);
    expect(calm.calls.filter((call) => call.endsWith("refused"))).toHaveLength(1);
    const troubles = await countUp(async (n) => killedAt({ at: n }, await newJourney(), calm), { atOnce: 3 });
    console.log(figures("An import in parts, killed once", troubles));
    expect(withProblems(troubles)).toEqual([]);
    expect(troubles.length).toBeGreaterThan(100);
  }, 1_200_000);
});
