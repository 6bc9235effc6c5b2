import * as fc from "fast-check";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runs } from "../../../test/runs.ts";
import { openWorkspace, type Workspace } from "./index.ts";
import { LEASE_MS, RENEW_MS, sqliteLeases, type HeldLeases } from "./sqlite-leases.ts";

let folder: string;
let file: string;
let workspace: Workspace;
let nowMs: number;
let said: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-leases-"));
  file = join(folder, "workspace.db");
  workspace = openWorkspace(folder);
  nowMs = 1_000_000;
  said = [];
});
afterEach(() => {
  workspace.close();
  rmSync(folder, { recursive: true });
});

interface Timer {
  readonly atMs: number;
  readonly callback: () => void;
}

/** A process that shares the workspace; its timer fires when the test says so. */
interface Process {
  readonly leases: HeldLeases;
  /** Does what is due by now, unless it is dead. */
  runTimers(): void;
  readonly timers: readonly Timer[];
  /** How often it has looked at the clock, as it does before each statement. */
  readonly looks: () => number;
}

function startProcess(owner: string): Process {
  const timers: Timer[] = [];
  let looks = 0;
  const leases = sqliteLeases(file, {
    owner,
    now() {
      looks += 1;
      return nowMs;
    },
    startTimer(callback, delayMs) {
      const timer = { atMs: nowMs + delayMs, callback };
      timers.push(timer);
      return () => void timers.splice(timers.indexOf(timer), 1);
    },
    onFault: (message) => said.push(message),
  });
  return {
    leases,
    timers,
    looks: () => looks,
    runTimers() {
      for (const timer of timers.filter(({ atMs }) => atMs <= nowMs)) {
        timers.splice(timers.indexOf(timer), 1);
        timer.callback();
      }
    },
  };
}

/** Lets time pass for processes that live. */
function pass(ms: number, ...processes: readonly Process[]): void {
  for (const until = nowMs + ms; nowMs < until;) {
    nowMs = Math.min(until, nowMs + RENEW_MS / 5);
    for (const process of processes) process.runTimers();
  }
}

const KEY = "k".repeat(64);
const rows = (): number => {
  using db = new DatabaseSync(file);
  return Number(db.prepare("SELECT count(*) AS n FROM leases").get()?.["n"]);
};

describe("the lease on a call", () => {
  let a: Process;
  let b: Process;
  beforeEach(() => {
    a = startProcess("a");
    b = startProcess("b");
  });
  afterEach(() => {
    a.leases[Symbol.dispose]();
    b.leases[Symbol.dispose]();
  });

  // A process that stands still runs no timers; when it goes on, those may come before or after its call.
  for (const renews of [false, true])
    it.each<{ readonly when: string; readonly meanwhile: () => unknown; readonly gives: string | undefined }>([
      { when: "no time has passed", meanwhile: () => {}, gives: undefined },
      { when: "it was renewed all the time", meanwhile: () => pass(600_000, a), gives: undefined },
      {
        when: "it ran out and nobody took it",
        meanwhile: () => pass(LEASE_MS + 1, b),
        gives: renews ? undefined : "held",
      },
      {
        when: "another process took it",
        meanwhile() {
          pass(LEASE_MS + 1, b);
          return b.leases.take(KEY);
        },
        gives: "elsewhere",
      },
      {
        when: "another process took it, and has the answer",
        async meanwhile() {
          pass(LEASE_MS + 1, b);
          await b.leases.take(KEY);
          workspace.cache.set(KEY, "ask", "1");
          b.leases.answered(KEY);
          pass(RENEW_MS * 2, b);
        },
        gives: "elsewhere",
      },
      {
        when: "another process took it, and failed",
        async meanwhile() {
          pass(LEASE_MS + 1, b);
          await b.leases.take(KEY);
          b.leases.giveUp(KEY);
        },
        gives: renews ? undefined : "held",
      },
    ])(`is confirmed before the call is sent${renews ? ", after it was renewed" : ""}: $when`, async (row) => {
      expect(await a.leases.take(KEY)).toBe("held");
      await row.meanwhile();
      if (renews) a.runTimers();
      expect(await a.leases.confirm(KEY)).toBe(row.gives);
      if (row.gives === "elsewhere") return;
      expect(await b.leases.take(KEY)).toBe("elsewhere");
    });

  it.each<{ readonly when: string; readonly gives: string; readonly meanwhile: () => unknown }>([
    { when: "it is held", gives: "elsewhere", meanwhile: () => {} },
    { when: "its holder lives, however long the call takes", gives: "elsewhere", meanwhile: () => pass(600_000, a, b) },
    { when: "its holder was killed a moment ago", gives: "elsewhere", meanwhile: () => pass(LEASE_MS - RENEW_MS, b) },
    { when: "its holder was killed, and it has run out", gives: "held", meanwhile: () => pass(LEASE_MS, b) },
    { when: "the call failed", gives: "held", meanwhile: () => a.leases.giveUp(KEY) },
    { when: "the holder's run has ended", gives: "held", meanwhile: () => a.leases[Symbol.dispose]() },
    {
      when: "the answer is there",
      gives: "elsewhere",
      meanwhile() {
        workspace.cache.set(KEY, "ask", "1");
        a.leases.answered(KEY);
        pass(600_000, a, b);
      },
    },
    {
      when: "the answer was there and was pruned",
      gives: "held",
      meanwhile() {
        workspace.cache.set(KEY, "ask", "1");
        a.leases.answered(KEY);
        pass(LEASE_MS, a, b);
        workspace.cache.prune({});
      },
    },
    {
      when: "the machine was started again since it was taken",
      gives: "held",
      meanwhile() {
        nowMs = 5_000;
      },
    },
  ])("is $gives for another process when $when", async ({ gives, meanwhile }) => {
    expect(await a.leases.take(KEY)).toBe("held");
    meanwhile();
    expect(b.leases.look(KEY).isHeld).toBe(gives === "elsewhere" && b.leases.look(KEY).answer === undefined);
    expect(await b.leases.take(KEY)).toBe(gives);
    expect(said).toEqual([]);
  });

  it("is given up later when the database is locked, and a locked one is not asked for each of many", async () => {
    const keys = Array.from({ length: 300 }, (_, n) => `${KEY}${n}`);
    await Promise.all(keys.map((key) => a.leases.take(key)));
    const other = new DatabaseSync(file);
    other.exec("BEGIN IMMEDIATE");
    const before = a.looks();
    for (const key of keys.slice(1)) a.leases.giveUp(key);
    pass(RENEW_MS * 3, a);
    // Each look at a locked database holds up the event loop for as long as SQLite waits.
    expect(a.looks() - before).toBeLessThan(50);
    other.exec("ROLLBACK");
    other.close();
    expect(b.leases.look(keys[1] ?? "").isHeld).toBe(true);
    pass(2_000, a);
    expect(keys.filter((key) => b.leases.look(key).isHeld)).toEqual(keys.slice(0, 1));
    expect(said).toEqual([]);
  });

  it("is taken over by one process of many", async () => {
    await a.leases.take(KEY);
    const others = Array.from({ length: 5 }, (_, n) => startProcess(`c${n}`));
    pass(LEASE_MS, ...others);
    const taken = await Promise.all(others.map(({ leases }) => leases.take(KEY)));
    expect(taken.toSorted()).toEqual(["elsewhere", "elsewhere", "elsewhere", "elsewhere", "held"]);
    for (const { leases } of others) leases[Symbol.dispose]();
  });

  it("is not taken from its new holder by the end of the call that lost it", async () => {
    await a.leases.take(KEY);
    pass(LEASE_MS, b);
    expect(await b.leases.take(KEY)).toBe("held");
    a.leases.giveUp(KEY);
    a.runTimers();
    expect(await startProcess("c").leases.take(KEY)).toBe("elsewhere");
  });

  it("is not held longer by the call that lost it", async () => {
    await a.leases.take(KEY);
    pass(LEASE_MS, b);
    await b.leases.take(KEY);
    pass(LEASE_MS, a);
    expect(await startProcess("c").leases.take(KEY)).toBe("held");
  });

  it("comes back to a holder that did not run for a while, when nobody took it", async () => {
    await a.leases.take(KEY);
    nowMs += LEASE_MS * 3;
    a.runTimers();
    expect(await b.leases.take(KEY)).toBe("elsewhere");
  });

  it("is given at once to the same session when that goes on in another process", async () => {
    await a.leases.take(KEY);
    const resumed = startProcess("a");
    expect(await resumed.leases.take(KEY)).toBe("held");
    resumed.leases[Symbol.dispose]();
  });

  it("is held once in a process, whoever asks", async () => {
    expect(await Promise.all([a.leases.take(KEY), a.leases.take(KEY)])).toEqual(["held", "here"]);
    expect(await a.leases.take(KEY)).toBe("here");
  });

  it("leaves no row when the run has ended, and none of a dead process for long", async () => {
    await a.leases.take(KEY);
    for (let n = 0; n < 1_000; n += 1) {
      await b.leases.take(`b${n}`);
      if (n < 990) b.leases.answered(`b${n}`);
    }
    expect(rows()).toBeLessThan(300);
    pass(LEASE_MS + RENEW_MS, b);
    expect(rows()).toBe(10);
    b.leases[Symbol.dispose]();
    expect(rows()).toBe(0);
  });

  it("needs one timer for all of them, and none when there is none", async () => {
    await Promise.all(["x", "y", "z"].map((key) => a.leases.take(key)));
    expect(a.timers).toHaveLength(1);
    for (const key of ["x", "y", "z"]) a.leases.giveUp(key);
    pass(RENEW_MS, a);
    expect(a.timers).toHaveLength(0);
  });

  it("can be had again when what stood in its way is gone, and one message says that it could not", async () => {
    await b.leases.take("other");
    using other = new DatabaseSync(file);
    other.exec("ALTER TABLE leases RENAME TO gone");
    expect(await a.leases.take(KEY)).toBe("none");
    expect(a.leases.look(KEY)).toEqual({ answer: undefined, isHeld: false });
    pass(RENEW_MS);
    expect(await a.leases.take(KEY)).toBe("none");
    expect(said).toEqual([expect.stringContaining("The run goes on")]);
    other.exec("ALTER TABLE gone RENAME TO leases");
    pass(RENEW_MS);
    expect(await a.leases.take(KEY)).toBe("held");
  });
});

describe("a workspace that another process has locked", () => {
  it("gives leases when it is free again, to all who asked meanwhile, and says nothing", async () => {
    const other = new DatabaseSync(file);
    other.exec("BEGIN IMMEDIATE");
    const process = startProcess("a");
    const { leases } = process;
    const first = [leases.take(KEY), leases.take(KEY)];
    await Promise.resolve();
    pass(5_000, process);
    const later = [leases.take(KEY), leases.take("another")];
    await Promise.resolve();
    pass(25_000, process);
    other.exec("ROLLBACK");
    pass(2_000, process);
    expect(await Promise.all([...first, ...later])).toEqual(["held", "here", "here", "held"]);
    expect(said).toEqual([]);
    leases[Symbol.dispose]();
    other.close();
  });

  it("holds up nobody whose run has ended", async () => {
    using other = new DatabaseSync(file);
    other.exec("BEGIN IMMEDIATE");
    const { leases } = startProcess("a");
    const taken = leases.take(KEY);
    await Promise.resolve();
    leases[Symbol.dispose]();
    expect(await taken).toBe("none");
  });
});

describe("a workspace that cannot be written", () => {
  it.each([
    {
      what: "is locked by another program",
      says: "kept the workspace",
      spoil: () => {
        const other = new DatabaseSync(file);
        other.exec("BEGIN IMMEDIATE");
        return other;
      },
    },
    {
      what: "cannot be opened",
      says: "Could not write the workspace",
      spoil: () => {
        file = folder;
        return undefined;
      },
    },
  ])("gives no lease when it $what, and no error", async ({ says, spoil }) => {
    using _ = spoil();
    const process = startProcess("a");
    const { leases } = process;
    const taken = leases.take(KEY);
    await Promise.resolve();
    // One that is locked may be free in a moment.
    pass(90_000, process);
    expect(await taken).toBe("none");
    leases.answered(KEY);
    leases.giveUp(KEY);
    leases[Symbol.dispose]();
    expect(said).toEqual([expect.stringContaining(says)]);
  });
});

/** What processes do, in any order. `who` and `key` are small numbers. */
type Deed =
  | { readonly does: "take"; readonly who: readonly number[]; readonly key: number }
  | { readonly does: "answer"; readonly who: number; readonly key: number }
  | { readonly does: "giveUp"; readonly who: number; readonly key: number }
  | { readonly does: "die"; readonly who: number }
  /** It was only frozen. */
  | { readonly does: "wake"; readonly who: number }
  /** The session goes on in another process. */
  | { readonly does: "resume"; readonly who: number }
  | { readonly does: "pass"; readonly ms: number };

const PROCESSES = 3;
const who = fc.nat(PROCESSES - 1);
const key = fc.nat(1);
const deeds: fc.Arbitrary<Deed[]> = fc.array(
  fc.oneof(
    fc.record({ does: fc.constant("take" as const), who: fc.array(who, { minLength: 1, maxLength: 4 }), key }),
    fc.record({ does: fc.constant("answer" as const), who, key }),
    fc.record({ does: fc.constant("giveUp" as const), who, key }),
    fc.record({ does: fc.constant("die" as const), who }),
    fc.record({ does: fc.constant("wake" as const), who }),
    fc.record({ does: fc.constant("resume" as const), who }),
    fc.record({ does: fc.constant("pass" as const), ms: fc.constantFrom(500, RENEW_MS, LEASE_MS / 2, LEASE_MS) }),
  ),
  { minLength: 20, maxLength: 60 },
);

/** A process of the model, and the keys whose leases it believes to hold. */
interface Modelled {
  readonly process: Process;
  readonly owner: string;
  readonly isAlive: boolean;
  readonly holds: Set<string>;
}

/** What the law says about processes that share two keys; each deed is done for real and by the model. */
class Model {
  readonly #run: number;
  readonly #processes: Modelled[];
  /** By key: whose lease it is, and until when. */
  readonly #leases = new Map<string, { readonly owner: string; readonly until: number }>();
  readonly #answered = new Set<string>();

  constructor(run: number) {
    this.#run = run;
    this.#processes = Array.from({ length: PROCESSES }, (_, n) => this.#start(`${run}/${n}`));
  }

  async do(deed: Deed): Promise<void> {
    switch (deed.does) {
      case "take":
        return this.#take(deed.who, `${this.#run}:${deed.key}`);
      case "answer":
      case "giveUp":
        return this.#end(deed.does, deed.who, `${this.#run}:${deed.key}`);
      case "die":
        return this.#change(deed.who, (before) => ({ ...before, isAlive: false }));
      case "wake":
        return this.#change(deed.who, (before) => ({ ...before, isAlive: true }));
      case "resume":
        return this.#change(deed.who, (before) => (before.isAlive ? before : this.#start(before.owner)));
      case "pass":
        return this.#pass(deed.ms);
    }
  }

  end(): void {
    for (const { process } of this.#processes) process.leases[Symbol.dispose]();
  }

  #start(owner: string): Modelled {
    return { process: startProcess(owner), owner, isAlive: true, holds: new Set() };
  }

  #change(who: number, change: (before: Modelled) => Modelled): void {
    const before = this.#processes[who];
    if (before) this.#processes[who] = change(before);
  }

  /** All ask in one turn of the event loop. */
  async #take(who: readonly number[], key: string): Promise<void> {
    const wanted: string[] = [];
    const got: Promise<string>[] = [];
    for (const asking of who.flatMap((n) => this.#processes[n] ?? [])) {
      if (!asking.isAlive) continue;
      wanted.push(this.#expected(asking, key));
      got.push(asking.process.leases.take(key));
      if (wanted.at(-1) !== "held") continue;
      asking.holds.add(key);
      this.#leases.set(key, { owner: asking.owner, until: nowMs + LEASE_MS });
    }
    expect(await Promise.all(got)).toEqual(wanted);
  }

  #expected({ holds, owner }: Modelled, key: string): string {
    if (holds.has(key)) return "here";
    const lease = this.#leases.get(key);
    const isFree = !lease || lease.until <= nowMs || lease.owner === owner;
    return isFree && !this.#answered.has(key) ? "held" : "elsewhere";
  }

  #end(how: "answer" | "giveUp", who: number, key: string): void {
    const ending = this.#processes[who];
    if (!ending?.isAlive || !ending.holds.delete(key)) return;
    if (how === "answer") {
      workspace.cache.set(key, "ask", "1");
      this.#answered.add(key);
      ending.process.leases.answered(key);
    } else {
      ending.process.leases.giveUp(key);
      if (this.#leases.get(key)?.owner === ending.owner) this.#leases.delete(key);
    }
  }

  #pass(ms: number): void {
    for (const until = nowMs + ms; nowMs < until;) {
      nowMs += 500;
      for (const { process, owner, isAlive, holds } of this.#processes) {
        if (!isAlive || process.timers.every(({ atMs }) => atMs > nowMs)) continue;
        process.runTimers();
        for (const key of holds) {
          const lease = this.#leases.get(key);
          if (!lease || lease.owner === owner) this.#leases.set(key, { owner, until: nowMs + LEASE_MS });
        }
        for (const [key, lease] of this.#leases) if (lease.until <= nowMs) this.#leases.delete(key);
      }
    }
  }
}

describe("whatever processes do, a lease", () => {
  it("has one holder at most, is free when that was dead for long enough, and is not given when the answer is there", async () => {
    let run = 0;
    const property = fc.asyncProperty(deeds, async (list) => {
      const model = new Model((run += 1));
      for (const deed of list) await model.do(deed);
      model.end();
      expect(said).toEqual([]);
    });
    await fc.assert(property, { numRuns: runs(400) });
  });
});
