import { cpSync, existsSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { HoldfastError } from "../core/failure/index.ts";
import { definePipeline, type Sink, type Source } from "../core/pipeline/index.ts";
import type { Discarded, Discarder, Engine } from "../core/runner/index.ts";
import { localEngine } from "../engines/index.ts";
import { cleanSessions, runPipeline } from "./index.ts";

const source: Source<string> = {
  name: "read",
  version: 1,
  check: async () => [],
  async *read() {
    for (const text of ["a", "b", "c"]) yield { kind: "item", itemId: text, sourcePath: "memory", content: text };
  },
};
const sink: Sink<string> = {
  name: "keep",
  version: 1,
  check: async () => {},
  load: async (text) => ({ outputPath: text }),
};
const pipeline = definePipeline("left").phase("work", (phase) => phase.extract(source).load(sink));

const address = "post://counter";

/** An engine that says it gave the items away, and does them here all the same. */
const post: Engine = {
  name: "post",
  run: (feed, work, options) => localEngine.run(feed, work, options),
  async dispatch({ facts }) {
    await facts.setFact("engine", JSON.stringify({ name: "post", address, url: "post://me@counter" }));
    return {
      stepsOf: (_phase, local) => local,
      shareLane: (lane) => ({
        name: lane.name,
        call: (...args) => lane.call(...args),
        told: (limits) => lane.told(limits),
        publish: () => {},
      }),
      left: () => {},
      takeSuspects: () => [],
      [Symbol.asyncDispose]: async () => {},
    };
  },
};

/** A session that was given to workers, and came to its end or can be resumed. */
async function begun(status: "completed" | "interrupted", workspace = newWorkspace()): Promise<string> {
  const limits = status === "completed" ? {} : { limit: 1 };
  await runPipeline(pipeline, { workspace, engine: post, limits });
  return workspace;
}

const newWorkspace = (): string => join(mkdtempSync(join(tmpdir(), "holdfast-left-")), ".holdfast");

/** `lost`: the database goes away in the middle of it. */
type Answer = Discarded | "lost" | "unreachable";

/** What removes jobs, and answers so. */
function discarder(answer: Answer): Discarder & { readonly asked: string[] } {
  const asked: string[] = [];
  return {
    name: "post",
    asked,
    discard: async ({ pipeline: name, identity }, { from, dryRun }) => {
      asked.push(`${dryRun ? "look at " : ""}${name} ${identity.length} ${from.url}`);
      if (answer === "unreachable") throw new HoldfastError("queue_unusable", "Cannot use the queue: it is away.");
      if (answer === "lost") throw new Error("Connection terminated unexpectedly");
      return answer;
    },
  };
}

const clean = (workspace: string, options: object = {}): ReturnType<typeof cleanSessions> =>
  cleanSessions(workspace, { before: new Date(Date.now() + 1_000), includeInterrupted: true, ...options });

const COUNTS = { jobs: 2, contents: 1, permits: 0 };
const DISCARDED: Answer = { kind: "discarded", address, ...COUNTS, left: 0 };
const BUSY: Answer = { kind: "busy", address, jobs: 2 };
const OWNED: Answer = { kind: "owned", address, host: "reef", pid: 7 };
const AWAY = { address, jobs: 0, contents: 0, permits: 0, left: 0, problem: "Cannot use the queue: it is away" };
const UNSEEN = { ...AWAY, problem: "nobody looked there" };

describe("a session that was given to workers", () => {
  it.each([
    ["interrupted", DISCARDED, false, { kept: undefined, queue: { address, ...COUNTS, left: 0 } }],
    ["completed", DISCARDED, false, { kept: undefined, queue: { address, ...COUNTS, left: 0 } }],
    [
      "interrupted",
      BUSY,
      false,
      {
        kept: "workers are at 2 of its items at post://counter: run this again when their steps have ended",
        isForcible: true,
      },
    ],
    ["interrupted", OWNED, true, { kept: "process 7 on reef owns it at post://counter" }],
    [
      "interrupted",
      "unreachable",
      false,
      { kept: "its items are with workers at post://counter: Cannot use the queue: it is away", isForcible: true },
    ],
    [
      "interrupted",
      "lost",
      false,
      { kept: "its items are with workers at post://counter: Connection terminated unexpectedly", isForcible: true },
    ],
    ["interrupted", "unreachable", true, { kept: undefined, queue: AWAY }],
    // It came to its end: nothing that anybody would do is there.
    ["completed", "unreachable", false, { kept: undefined, queue: AWAY }],
  ] as const)("that is %s, %j, forced: %s", async (status, answer, force, end) => {
    const workspace = await begun(status);
    const discardFrom = discarder(answer);
    const [cleaned] = await clean(workspace, { discardFrom, force });
    expect(cleaned).toMatchObject({ status, ...end });
    expect(cleaned?.kept).toBe(end.kept);
    expect(discardFrom.asked).toEqual(["left 32 post://me@counter"]);
    expect(await clean(workspace, { dryRun: true })).toHaveLength(end.kept === undefined ? 0 : 1);
  });

  it("stays known as killed when it is kept: its resume counts the crash", async () => {
    const workspace = await begun("interrupted");
    const { id } = (await clean(workspace, { dryRun: true }))[0] ?? {};
    const note = join(workspace, "sessions", String(id), "owner.json");
    writeFileSync(note, JSON.stringify({ pid: 2 ** 22 + 1, host: "reef", since: new Date().toISOString() }));
    const [kept] = await clean(workspace, { discardFrom: discarder(BUSY) });
    expect(kept).toMatchObject({ isForcible: true });
    expect(existsSync(note)).toBe(true);
  });

  it("is kept where nobody can look at its queue, and removed by force", async () => {
    const workspace = await begun("interrupted");
    const [kept] = await clean(workspace);
    expect(kept).toMatchObject({ kept: "its items are with workers at post://counter: nobody looked there" });
    const [removed] = await clean(workspace, { force: true });
    expect(removed).toMatchObject({ kept: undefined, queue: UNSEEN });
  });

  it("is one of several at a queue that does not answer, which is asked once", async () => {
    const workspace = await begun("interrupted");
    await begun("completed", workspace);
    const discardFrom = discarder("unreachable");
    expect(await clean(workspace, { discardFrom })).toHaveLength(2);
    expect(discardFrom.asked).toHaveLength(1);
  });

  it.each([
    ["what would be removed there", DISCARDED, { kept: undefined, queue: { address, ...COUNTS, left: 0 } }],
    [
      "why it would be kept",
      BUSY,
      { kept: expect.stringContaining("workers are at 2 of its items"), isForcible: true },
    ],
    ["who owns it", OWNED, { kept: expect.stringContaining("process 7 on reef owns it") }],
    ["that its queue is away", "unreachable", { kept: expect.stringContaining("it is away"), isForcible: true }],
  ] as const)("is looked at by a dry run, which says %s, and removes nothing", async (_, answer, end) => {
    const workspace = await begun("interrupted");
    const discardFrom = discarder(answer);
    expect(await clean(workspace, { discardFrom, dryRun: true })).toMatchObject([end]);
    expect(discardFrom.asked).toEqual(["look at left 32 post://me@counter"]);
    expect(await clean(workspace, { discardFrom: discarder(DISCARDED) })).toMatchObject([{ kept: undefined }]);
  });

  it("says that it can be resumed when nobody asked for such sessions, by force or not", async () => {
    const workspace = await begun("interrupted");
    for (const force of [false, true]) {
      const discardFrom = discarder(DISCARDED);
      const [kept] = await clean(workspace, { discardFrom, force, includeInterrupted: false });
      expect(kept).toMatchObject({ kept: "it can be resumed", isResumable: true });
      expect(discardFrom.asked).toEqual([]);
    }
  });

  it("is not asked for when it is a copy: the jobs are its original's", async () => {
    const workspace = await begun("interrupted");
    const discardFrom = discarder(DISCARDED);
    const copy = newWorkspace();
    cpSync(workspace, copy, { recursive: true });
    const [removed] = await clean(copy, { discardFrom });
    expect(removed).toMatchObject({ kept: undefined });
    expect(removed).not.toHaveProperty("queue");
    expect(discardFrom.asked).toEqual([]);
  });
});
