import { beforeEach, describe, expect, it } from "vitest";
import { FakeClock } from "../../../retry/testing/index.ts";
import type { AnswerLeases, ItemPlace, LeaseTaken } from "../../storage/index.ts";
import { cancelledByUser, InFlight } from "../in-flight.ts";
import { RunControl } from "../run-control.ts";
import { EqualCalls } from "./equal-calls.ts";

const ITEM: ItemPlace = { phase: "p", itemId: "a" };
const ASKED = { key: "k", step: "ask", item: ITEM, startedAtMs: 0 };

let control: RunControl;
let inFlight: InFlight;
let calls: number;
let ended: string[];
/** Who asks for a lease gets it when the test says so: another process has the workspace locked. */
let asked: PromiseWithResolvers<LeaseTaken>[];
let hasStoodStill: boolean;
beforeEach(() => {
  control = new RunControl();
  inFlight = new InFlight({ control, clock: new FakeClock() });
  calls = 0;
  ended = [];
  asked = [];
  hasStoodStill = false;
});

const take = (): Promise<LeaseTaken> => {
  const turn = Promise.withResolvers<LeaseTaken>();
  asked.push(turn);
  return turn.promise;
};

const leases: AnswerLeases = {
  take,
  confirm() {
    if (!hasStoodStill) return undefined;
    // As in the workspace: the lease is asked for once.
    hasStoodStill = false;
    return take();
  },
  look: () => ({ answer: undefined, isHeld: false }),
  answered: () => void ended.push("answered"),
  giveUp: () => void ended.push("given up"),
};

const equalCalls = (): EqualCalls => new EqualCalls({ leases, control, inFlight, clock: new FakeClock() });
const later = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const STOPS: Readonly<Record<string, { readonly happens: () => void; readonly reason: unknown }>> = {
  "the run drains": {
    happens: () => control.stop({ kind: "user", message: "stop" }),
    reason: expect.objectContaining({ kind: "cancelled" }),
  },
  "the run is halted": {
    happens: () => control.haltNow({ kind: "user", message: "stop" }),
    reason: expect.objectContaining({ kind: "cancelled" }),
  },
  "the item is cancelled": { happens: () => inFlight.cancel(ITEM), reason: cancelledByUser() },
};

describe("a call whose lease cannot be had, since the workspace is locked", () => {
  it.each(Object.keys(STOPS))("is waited for no longer, and not made, when %s", async (what) => {
    const got = equalCalls().once(ASKED, async () => (calls += 1));
    await later();
    expect(inFlight.list()).toMatchObject([{ itemId: "a", waitsFor: expect.stringContaining("locked") }]);
    STOPS[what]?.happens();
    expect(await Promise.race([got, later().then(() => "waits")])).toEqual({
      kind: "ended",
      reason: STOPS[what]?.reason,
    });
    expect(inFlight.size).toBe(0);
    // Nobody needs it any more.
    asked[0]?.resolve("held");
    await later();
    expect(ended).toEqual(["given up"]);
    expect(calls).toBe(0);
  });

  it.each(Object.keys(STOPS))("is waited for no longer after another session had it, when %s", async (what) => {
    const got = equalCalls().once(ASKED, async () => (calls += 1));
    asked[0]?.resolve("elsewhere");
    await later();
    expect(asked).toHaveLength(2);
    STOPS[what]?.happens();
    expect(await Promise.race([got, later().then(() => "waits")])).toMatchObject({ kind: "ended" });
    asked[1]?.resolve("held");
    await later();
    expect(ended).toEqual(["given up"]);
    expect(calls).toBe(0);
  });

  it("is made when the workspace is free again", async () => {
    const got = equalCalls().once(ASKED, async () => (calls += 1));
    await later();
    asked[0]?.resolve("held");
    expect(await got).toEqual({ kind: "called", value: 1 });
    expect(inFlight.size).toBe(0);
  });

  it.each(["the run drains", "the run is halted"])("is not sent after it stood still when %s", async (what) => {
    const got = equalCalls().once(ASKED, async ({ confirm }) => {
      hasStoodStill = true;
      await confirm();
      return (calls += 1);
    });
    await later();
    asked[0]?.resolve("held");
    await later();
    STOPS[what]?.happens();
    expect(await Promise.race([got, later().then(() => "waits")])).toEqual({
      kind: "ended",
      reason: STOPS[what]?.reason,
    });
    asked[1]?.resolve("held");
    await later();
    expect(ended).toEqual(["given up"]);
    expect(calls).toBe(0);
  });

  it("gives its lease up when its item has ended before that came", async () => {
    const got = equalCalls().once(ASKED, async ({ confirm }) => {
      hasStoodStill = true;
      void Promise.resolve(confirm()).catch(() => {});
      throw new Error("The item's time is over.");
    });
    await later();
    asked[0]?.resolve("held");
    await expect(got).rejects.toThrow("time is over");
    ended.length = 0;
    asked[1]?.resolve("held");
    await later();
    expect(ended).toEqual(["given up"]);
  });
});

describe("a step that makes several calls at once after its process stood still", () => {
  it.each<[taken: LeaseTaken, sent: number]>([
    ["elsewhere", 0],
    ["held", 3],
  ])("sends none of them before it knows whose they are: %s", async (taken, sent) => {
    const made = equalCalls();
    const got = made.once(ASKED, async ({ confirm }) => {
      hasStoodStill = true;
      const ends = await Promise.allSettled(
        Array.from({ length: 3 }, async () => {
          await confirm();
          calls += 1;
        }),
      );
      for (const end of ends) if (end.status === "rejected") throw end.reason;
      return calls;
    });
    await later();
    asked[0]?.resolve("held");
    await later();
    expect(calls).toBe(0);
    asked[1]?.resolve(taken);
    await later();
    expect(calls).toBe(sent);
    control.stop({ kind: "user", message: "end" });
    asked[2]?.resolve("elsewhere");
    await got;
  });
});
