import { describe, expect, it } from "vitest";
import { RunControl, withoutCall, type StepRun } from "../../../core/runner/index.ts";
import type { PendingItem } from "../../../core/storage/index.ts";
import { HELD } from "./fixtures/memory-jobs.ts";
import { stepsWhileClaimed } from "./steps-while-claimed.ts";

const ITEM = { phase: "notes", itemId: "item" } as PendingItem;
const DONE = withoutCall({ kind: "done", output: {}, text: "{}", reviewReason: undefined });

interface Owner {
  readonly control: RunControl;
  readonly calls: string[];
  readonly step: () => Promise<StepRun>;
}

/** An owner whose claim was not renewed for long, unless `isFresh`; what the database answers when it is asked. */
function newOwner(isStillHeld: () => Promise<boolean>, { isFresh = false } = {}): Owner {
  const control = new RunControl();
  const calls: string[] = [];
  const asked = async (): Promise<boolean> => {
    calls.push("asks");
    return isStillHeld();
  };
  const here = stepsWhileClaimed({ ...HELD, isFresh: () => isFresh, isStillHeld: asked }, control);
  const run = here(() => {
    calls.push("calls");
    return DONE;
  });
  return { control, calls, step: async () => run({}, ITEM) };
}

describe("a step that the owner of a session does itself", () => {
  it("asks nobody while the claim is renewed in time", async () => {
    const { step, calls } = newOwner(async () => false, { isFresh: true });
    expect(await step()).toBe(DONE);
    expect(calls).toEqual(["calls"]);
  });

  it.each([
    [true, "done", ["asks", "calls"]],
    [false, "released", ["asks"]],
  ])("is begun after a standstill only if the session is still its own: %j", async (isHeld, kind, expected) => {
    const { step, calls } = newOwner(async () => isHeld);
    expect((await step()).end.kind).toBe(kind);
    expect(calls).toEqual(expected);
  });

  it("waits for a database that does not answer, until its run is to end", async () => {
    for (const answer of [() => Promise.reject(new Error("away")), () => new Promise<boolean>(() => {})]) {
      const { step, calls, control } = newOwner(answer);
      const end = step();
      control.stop({ kind: "user", message: "enough" });
      expect((await end).end.kind).toBe("released");
      expect(calls).toEqual(["asks"]);
    }
  });

  it("asks again when the database answers after all", async () => {
    let asked = 0;
    const { step, calls } = newOwner(async () => {
      asked += 1;
      if (asked === 1) throw new Error("away");
      return true;
    });
    expect(await step()).toBe(DONE);
    expect(calls).toEqual(["asks", "asks", "calls"]);
  });
});
