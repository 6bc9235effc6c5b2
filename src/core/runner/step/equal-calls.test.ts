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
  onGivenUp: (() => void) | undefined;

  confirm(key: string): Promise<"held" | "here" | "elsewhere"> | undefined {
    if (!this.hasStoodStill || !this.here.delete(key)) return undefined;
    this.hasStoodStill = false;
    // Others may confirm theirs meanwhile.
    return clock.sleep(1).then(() => this.take(key));
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
    this.onGivenUp?.();
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

/** Cancels the item that looks for the call of another process. */
function cancelLooking(): void {
  const looks = inFlight.list().find(({ waitsFor }) => waitsFor === "an equal call of another session");
  inFlight.cancel({ phase: "p", itemId: looks?.itemId ?? "" });
}

type Kinds = Readonly<Record<"failed" | "called" | "answered" | "ended", number>>;

interface Planned {
  readonly fails: boolean;
  /** How long it waits for its turn. @default not at all */
  readonly turnMs?: number | undefined;
  /** How long it takes, once it is sent. @default 100 */
  readonly callMs?: number | undefined;
}

/**
 * Lets equal items ask at once. `plan` says what becomes of the n-th call, from 1. Gets how many calls were made at once, one
 * number each time that none was under way before, and what the items got.
 */
async function askAll(items: number, plan: (call: number) => Planned) {
  const equal = equalCalls();
  const rounds: number[] = [];
  let asking = 0;
  let atOnce = 0;
  const ask = (n: number): Promise<CallResult<string>> =>
    equal.once(
      { key: "k", step: "ask", item: { phase: "p", itemId: `i${n}` }, startedAtMs: 0 },
      async ({ share, confirm }) => {
        asking += 1;
        const call = asking;
        const { turnMs = 0, callMs = 100 } = plan(call);
        // Nobody calls beside a leader that has no lease.
        expect(shared.elsewhere.has("k")).toBe(false);
        if (turnMs > 0) await clock.sleep(turnMs);
        await confirm();
        const { fails } = plan(call);
        calls += 1;
        if (atOnce === 0) rounds.push(0);
        rounds.push((rounds.pop() ?? 0) + 1);
        atOnce += 1;
        await clock.sleep(callMs);
        atOnce -= 1;
        if (fails) throw new Error("no");
        shared.answers.set("k", "answer");
        share("answer");
        return "own";
      },
    );
  const ends = await Promise.allSettled(Array.from({ length: items }, (_, n) => ask(n)));
  const kinds = { failed: 0, called: 0, answered: 0, ended: 0 };
  for (const end of ends) kinds[end.status === "rejected" ? "failed" : end.value.kind] += 1;
  return { rounds, kinds: kinds satisfies Kinds };
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
});

describe("equal items of a process", () => {
  it.each<{ readonly when: string; readonly items: number; readonly failing: number; readonly rounds: number[] }>([
    { when: "the first one is answered", items: 6, failing: 0, rounds: [1] },
    { when: "one fails", items: 6, failing: 1, rounds: [1, 2] },
    { when: "two fail, one of them beside one that is answered", items: 6, failing: 2, rounds: [1, 2] },
    { when: "three fail", items: 12, failing: 3, rounds: [1, 2, 4] },
    { when: "there is one", items: 1, failing: 1, rounds: [1] },
    { when: "all fail", items: 6, failing: 6, rounds: [1, 2, 3] },
    { when: "all of very many fail", items: 200, failing: 200, rounds: [1, 2, 4, 8, 16, 32, 64, 73] },
  ])("call in rounds that double until one is answered: $when", async ({ items, failing, rounds }) => {
    const got = await askAll(items, (call) => ({ fails: call <= failing }));
    expect(got.rounds).toEqual(rounds);
    const made = rounds.reduce((sum, calling) => sum + calling);
    expect(got.kinds).toEqual({
      failed: Math.min(failing, made),
      called: made - Math.min(failing, made),
      answered: items - made,
      ended: 0,
    });
    expect(inFlight.size).toBe(0);
    // One lease for each round.
    expect(shared.ended).toEqual(
      rounds.map((_, n) => (failing < items && n === rounds.length - 1 ? "k answered" : "k given up")),
    );
  });

  it("take an answer as soon as it is there, while others of its round are still under way", async () => {
    let seen: unknown;
    const long = 1_000_000;
    const asking = askAll(20, (call) => ({ fails: call !== 5, callMs: call < 5 ? 100 : call === 5 ? 200 : long }));
    void clock.startTimer(() => {
      seen = { waiting: inFlight.size, held: shared.here.size, ended: [...shared.ended] };
    }, 1_000);
    expect(await asking).toEqual({ rounds: [1, 2, 4], kinds: { failed: 6, called: 1, answered: 13, ended: 0 } });
    expect(seen).toEqual({ waiting: 0, held: 0, ended: ["k given up", "k given up", "k answered"] });
    expect(shared.ended).toHaveLength(3);
  });

  it("send nothing more in a round that was answered: they take that answer", async () => {
    const turns = [0, 0, 0, 0, 150, 250, 350];
    const got = await askAll(20, (call) => ({ fails: call < 4, turnMs: turns[call - 1] }));
    expect(got).toEqual({ rounds: [1, 2, 1], kinds: { failed: 3, called: 1, answered: 16, ended: 0 } });
  });

  it("do not begin anew when one more comes right after a round", async () => {
    const equal = equalCalls();
    const late: Promise<unknown>[] = [];
    let atOnce = 0;
    let most = 0;
    const one = async (itemId: string, isLate = false): Promise<void> => {
      const call = async (): Promise<never> => {
        atOnce += 1;
        most = Math.max(most, atOnce);
        await clock.sleep(100);
        atOnce -= 1;
        throw new Error("no");
      };
      const asked = { key: "k", step: "ask", item: { phase: "p", itemId }, startedAtMs: 0 };
      await equal.once(asked, call).catch(() => {});
      if (!isLate) late.push(one(`${itemId}, late`, true));
    };
    await Promise.all(Array.from({ length: 15 }, (_, n) => one(`i${n}`)));
    await Promise.all(late);
    // 1, 2, 4, 8 of the first 15 and what came meanwhile, and then all that are left.
    expect(most).toBeGreaterThan(8);
  });

  it.each<{ readonly when: string; readonly happens: () => void; readonly rounds: number[]; readonly kinds: Kinds }>([
    {
      when: "one that waits is cancelled: the others go on",
      happens: () => inFlight.cancel({ phase: "p", itemId: "i9" }),
      rounds: [1, 2, 4, 2],
      kinds: { failed: 9, called: 0, answered: 0, ended: 1 },
    },
    {
      when: "the run drains: the round in flight is the last one",
      happens: () => control.stop({ kind: "user", message: "stop" }),
      rounds: [1, 2],
      kinds: { failed: 3, called: 0, answered: 0, ended: 7 },
    },
    {
      when: "the run is halted: nobody waits any longer",
      happens: () => control.haltNow({ kind: "user", message: "stop" }),
      rounds: [1, 2],
      kinds: { failed: 3, called: 0, answered: 0, ended: 7 },
    },
  ])("wait for a round until $when", async ({ happens, rounds, kinds }) => {
    void clock.startTimer(happens, 150);
    expect(await askAll(10, () => ({ fails: true }))).toEqual({ rounds, kinds });
    expect(inFlight.size).toBe(0);
    expect(shared.here.size).toBe(0);
  });
});

describe("a round whose call another session makes", () => {
  /** The second round finds that another session makes the call. */
  const elsewhereAfterOne = (): void => {
    shared.onGivenUp = () => {
      shared.elsewhere.add("k");
      shared.onGivenUp = undefined;
    };
  };

  it.each<{
    readonly when: string;
    readonly happens: () => void;
    readonly rounds: number[];
    readonly kinds: Kinds;
  }>([
    {
      when: "that is answered: nobody calls",
      happens: () => void shared.answers.set("k", "theirs"),
      rounds: [1],
      kinds: { failed: 1, called: 0, answered: 9, ended: 0 },
    },
    {
      when: "that brings no answer: as many call then as in that round",
      happens: () => void shared.elsewhere.delete("k"),
      rounds: [1, 2, 4, 3],
      kinds: { failed: 10, called: 0, answered: 0, ended: 0 },
    },
    {
      when: "the run drains",
      happens: () => control.stop({ kind: "user", message: "stop" }),
      rounds: [1],
      kinds: { failed: 1, called: 0, answered: 0, ended: 9 },
    },
    {
      when: "the one that looks for it is cancelled: another one looks on, and the round stays as large",
      happens() {
        cancelLooking();
        void clock.startTimer(() => void shared.elsewhere.delete("k"), 1_000);
      },
      rounds: [1, 2, 4, 2],
      kinds: { failed: 9, called: 0, answered: 0, ended: 1 },
    },
  ])("waits with all its items until $when", async ({ happens, rounds, kinds }) => {
    elsewhereAfterOne();
    const waits: (string | undefined)[] = [];
    later(() => {
      waits.push(...inFlight.list().map(({ waitsFor }) => waitsFor));
      happens();
    });
    expect(await askAll(10, () => ({ fails: true }))).toEqual({ rounds, kinds });
    expect(waits.filter((what) => what === "an equal call of another session")).toHaveLength(1);
    expect(waits.filter((what) => what === "the answer to an equal call")).toHaveLength(8);
    expect(inFlight.size).toBe(0);
    expect(shared.here.size).toBe(0);
  });

  it.each<{
    readonly when: string;
    readonly meanwhile: () => void;
    readonly rounds: number[];
    readonly kinds: Kinds;
  }>([
    {
      when: "nobody else came: all go on",
      meanwhile: () => {},
      rounds: [1, 2],
      kinds: { failed: 1, called: 2, answered: 7, ended: 0 },
    },
    {
      when: "another session was answered: none is sent",
      meanwhile: () => void shared.answers.set("k", "theirs"),
      rounds: [1],
      kinds: { failed: 1, called: 0, answered: 9, ended: 0 },
    },
    {
      when: "another session makes it: all wait, and as many call then",
      meanwhile() {
        shared.elsewhere.add("k");
        later(() => void shared.elsewhere.delete("k"));
      },
      rounds: [1, 2],
      kinds: { failed: 1, called: 2, answered: 7, ended: 0 },
    },
  ])("is looked at again by each of its calls when the process stood still. $when", async (row) => {
    const { meanwhile, rounds, kinds } = row;
    void clock.startTimer(() => {
      expect(shared.here.size).toBe(1);
      meanwhile();
      shared.hasStoodStill = true;
    }, 175);
    expect(await askAll(10, (call) => ({ fails: call === 1, turnMs: TURN_MS }))).toEqual({ rounds, kinds });
    expect(inFlight.size).toBe(0);
    expect(shared.here.size).toBe(0);
  });
});

describe("a call that was sent before another session got its lease", () => {
  it.each<{ readonly when: string; readonly happens: () => void; readonly endsAtMs: number; readonly kinds: Kinds }>([
    {
      when: "it is answered first",
      happens: () => {},
      endsAtMs: 5_100,
      kinds: { failed: 1, called: 1, answered: 8, ended: 0 },
    },
    {
      when: "the other session is answered first, also when the one that looked for it is cancelled",
      happens() {
        cancelLooking();
        void clock.startTimer(() => void shared.answers.set("k", "theirs"), 500);
      },
      endsAtMs: 2_500,
      kinds: { failed: 1, called: 1, answered: 7, ended: 1 },
    },
  ])("is waited for beside that one: $when", async ({ happens, endsAtMs, kinds }) => {
    void clock.startTimer(() => {
      shared.elsewhere.add("k");
      shared.hasStoodStill = true;
    }, 150);
    void clock.startTimer(happens, 1_000);
    let waiting: number | undefined;
    void clock.startTimer(() => (waiting = inFlight.size), endsAtMs + 600);
    // The second call is under way then, and the third one is not sent.
    const turns = [0, 0, 100];
    const plan = (call: number): Planned => ({
      fails: call === 1,
      turnMs: turns[call - 1],
      callMs: call === 2 ? 5_000 : 100,
    });
    expect(await askAll(10, plan)).toEqual({ rounds: [1, 1], kinds });
    while (waiting === undefined) await clock.sleep(100);
    expect(waiting).toBe(0);
    expect(shared.here.size).toBe(0);
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
