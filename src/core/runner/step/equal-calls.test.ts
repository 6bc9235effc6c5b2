import { beforeEach, describe, expect, it } from "vitest";
import { FakeClock } from "../../../retry/testing/index.ts";
import { noLeases, type AnswerLeases, type ItemPlace } from "../../storage/index.ts";
import { InFlight, cancelledByUser } from "../in-flight.ts";
import { RunControl } from "../run-control.ts";
import { EqualCalls, type CallResult, type EqualCallsDeps } from "./equal-calls.ts";

/** Leases and answers of a workspace, of which another process has some. */
class Shared implements AnswerLeases {
  readonly answers = new Map<string, string>();
  readonly elsewhere = new Set<string>();
  readonly here = new Set<string>();
  readonly ended: string[] = [];
  /** Whether this process stood still for longer than its leases hold. */
  hasStoodStill = false;

  confirm(key: string): Promise<"held" | "here" | "elsewhere"> | undefined {
    if (!this.hasStoodStill || !this.here.delete(key)) return undefined;
    this.hasStoodStill = false;
    return this.take(key);
  }

  async take(key: string): Promise<"held" | "here" | "elsewhere"> {
    if (this.here.has(key)) return "here";
    if (this.elsewhere.has(key) || this.answers.has(key)) return "elsewhere";
    this.here.add(key);
    return "held";
  }

  look(key: string): { readonly answer: string | undefined; readonly isHeld: boolean } {
    return { answer: this.answers.get(key), isHeld: this.elsewhere.has(key) || this.here.has(key) };
  }

  answered(key: string): void {
    this.here.delete(key);
    this.ended.push(`${key} answered`);
  }

  giveUp(key: string): void {
    this.here.delete(key);
    this.ended.push(`${key} given up`);
  }
}

const ITEM: ItemPlace = { phase: "p", itemId: "a" };

let clock: FakeClock;
let control: RunControl;
let inFlight: InFlight;
let shared: Shared;
let calls: number;
beforeEach(() => {
  clock = new FakeClock();
  control = new RunControl();
  inFlight = new InFlight({ control, clock });
  shared = new Shared();
  calls = 0;
});

const equalCalls = (more: Partial<EqualCallsDeps> = {}): EqualCalls =>
  new EqualCalls({ leases: shared, control, inFlight, clock, ...more });

/** How long a call waits for its turn before it is sent. */
const TURN_MS = 50;

/** Asks for a call that takes 100 ms and is answered, unless `fails`. */
function ask(made: EqualCalls, { key = "k", item = ITEM, fails = false } = {}): Promise<CallResult<string>> {
  return made.once({ key, step: "ask", item, startedAtMs: clock.now() }, async ({ share, confirm }) => {
    await clock.sleep(TURN_MS);
    await confirm();
    calls += 1;
    const call = calls;
    await clock.sleep(100);
    if (fails) throw new Error("no");
    shared.answers.set(key, `answer ${call}`);
    share(`answer ${call}`);
    return `own ${call}`;
  });
}

/** What happens to the call of another process after 10 s. */
const LATER_MS = 10_000;
const later = (deed: () => void): void => void clock.startTimer(deed, LATER_MS);

describe("an item whose call another session makes", () => {
  it.each<{ readonly when: string; readonly happens: () => void; readonly gets: unknown; readonly makes: number }>([
    {
      when: "that is answered",
      happens: () => void shared.answers.set("k", "theirs"),
      gets: { kind: "answered", text: "theirs" },
      makes: 0,
    },
    {
      when: "that brings no answer, or its holder is gone",
      happens: () => void shared.elsewhere.delete("k"),
      gets: { kind: "called", value: "own 1" },
      makes: 1,
    },
    {
      when: "the run drains",
      happens: () => control.stop({ kind: "user", message: "stop" }),
      gets: { kind: "ended", reason: expect.objectContaining({ kind: "cancelled" }) },
      makes: 0,
    },
    {
      when: "the run is halted",
      happens: () => control.haltNow({ kind: "user", message: "stop" }),
      gets: { kind: "ended", reason: expect.objectContaining({ kind: "cancelled" }) },
      makes: 0,
    },
    {
      when: "the item is cancelled",
      happens: () => inFlight.cancel(ITEM),
      gets: { kind: "ended", reason: cancelledByUser() },
      makes: 0,
    },
  ])("waits until $when", async ({ happens, gets, makes }) => {
    shared.elsewhere.add("k");
    later(happens);
    expect(await ask(equalCalls())).toEqual(gets);
    expect(calls).toBe(makes);
    expect(inFlight.size).toBe(0);
    // Half a second is the longest wait between two looks.
    expect(clock.now()).toBeLessThanOrEqual(LATER_MS + 600 + (TURN_MS + 100) * makes);
    expect(shared.ended).toEqual(makes === 1 ? ["k answered"] : []);
  });

  it("waits no longer than the step may take, and makes the call then", async () => {
    shared.elsewhere.add("k");
    expect(await ask(equalCalls({ timeout: "5s" }))).toEqual({ kind: "called", value: "own 1" });
    expect(clock.now()).toBeGreaterThanOrEqual(5_000);
    expect(clock.now()).toBeLessThan(6_000);
    expect(shared.ended).toEqual([]);
  });

  it("is shown as waiting, with no attempt", async () => {
    shared.elsewhere.add("k");
    let shown: unknown;
    later(() => {
      shown = inFlight.list();
      shared.elsewhere.delete("k");
    });
    await ask(equalCalls());
    expect(shown).toEqual([
      expect.objectContaining({ itemId: "a", step: "ask", attempt: 0, waitsFor: "an equal call of another session" }),
    ]);
  });

  it("takes the answers along that came for others of its process", async () => {
    shared.elsewhere.add("k");
    later(() => void shared.answers.set("k", "theirs"));
    const made = equalCalls();
    const got = await Promise.all(["a", "b", "c"].map((itemId) => ask(made, { item: { phase: "p", itemId } })));
    expect(got).toEqual(Array.from({ length: 3 }, () => ({ kind: "answered", text: "theirs" })));
    expect(calls).toBe(0);
  });
});

describe("a call under a lease", () => {
  it("gives it up when it fails", async () => {
    await expect(ask(equalCalls(), { fails: true })).rejects.toThrow("no");
    expect(shared.ended).toEqual(["k given up"]);
  });

  it("is made without one where there are none", async () => {
    expect(await ask(equalCalls({ leases: noLeases }))).toEqual({ kind: "called", value: "own 1" });
  });

  it.each([
    ["the first one is answered", 0, 1],
    ["one fails, and the next one is answered", 1, 2],
    ["three fail", 3, 4],
    ["all fail", 6, 6],
  ])("is made by one item of the process after the other until it is answered: %s", async (_, failing, made) => {
    const equal = equalCalls();
    let atOnce = 0;
    const got = await Promise.allSettled(
      Array.from({ length: 6 }, (__, n) =>
        equal.once(
          { key: "k", step: "ask", item: { phase: "p", itemId: `i${n}` }, startedAtMs: 0 },
          async ({ share }) => {
            calls += 1;
            atOnce += 1;
            expect(atOnce).toBe(1);
            await clock.sleep(100);
            atOnce -= 1;
            if (n < failing) throw new Error("no");
            shared.answers.set("k", "answer");
            share("answer");
            return "own";
          },
        ),
      ),
    );
    expect(calls).toBe(made);
    expect(got.filter(({ status }) => status === "rejected")).toHaveLength(failing);
    const answered = got.filter((end) => end.status === "fulfilled" && end.value.kind === "answered");
    expect(answered).toHaveLength(6 - made);
    expect(inFlight.size).toBe(0);
  });
});

describe("a call whose process stood still while it waited for its turn", () => {
  it.each<{
    readonly when: string;
    readonly meanwhile: () => void;
    readonly gets: unknown;
    readonly makes: number;
    readonly ended: readonly string[];
  }>([
    {
      when: "nobody else came: it is made",
      meanwhile: () => {},
      gets: { kind: "called", value: "own 1" },
      makes: 1,
      ended: ["k answered"],
    },
    {
      when: "another session was answered: that answer is taken",
      meanwhile: () => void shared.answers.set("k", "theirs"),
      gets: { kind: "answered", text: "theirs" },
      makes: 0,
      ended: [],
    },
    {
      when: "another session makes it: that answer is waited for",
      meanwhile() {
        shared.elsewhere.add("k");
        later(() => void shared.answers.set("k", "theirs"));
      },
      gets: { kind: "answered", text: "theirs" },
      makes: 0,
      ended: [],
    },
    {
      when: "another session makes it, and gets no answer: it is made then",
      meanwhile() {
        shared.elsewhere.add("k");
        later(() => void shared.elsewhere.delete("k"));
      },
      gets: { kind: "called", value: "own 1" },
      makes: 1,
      ended: ["k answered"],
    },
  ])("is looked at again right before it is sent. $when", async ({ meanwhile, gets, makes, ended }) => {
    const made = equalCalls();
    const first = ask(made);
    const others = ["b", "c"].map((itemId) => ask(made, { item: { phase: "p", itemId } }));
    void clock.startTimer(() => {
      shared.here.delete("k");
      meanwhile();
      shared.here.add("k");
      shared.hasStoodStill = true;
    }, TURN_MS / 2);
    expect(await first).toEqual(gets);
    const text = makes === 1 ? "answer 1" : "theirs";
    expect(await Promise.all(others)).toEqual([
      { kind: "answered", text },
      { kind: "answered", text },
    ]);
    expect(calls).toBe(makes);
    expect(shared.ended).toEqual(ended);
    expect(inFlight.size).toBe(0);
  });
});
