import { cpSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { StepError } from "../core/failure/index.ts";
import { definePipeline, type Sink, type Source } from "../core/pipeline/index.ts";
import type { DispatchedRun, Dispatcher, Engine } from "../core/runner/index.ts";
import { localEngine } from "../engines/index.ts";
import { openSessionStore } from "../stores/sqlite/index.ts";
import { cleanSessions, resumeSession, retryFailed, runPipeline } from "./index.ts";
import { reportSession } from "./reports/index.ts";

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
const pipeline = definePipeline("moved").phase("work", (phase) =>
  phase
    .extract(source)
    .step("upper", (text) => text.toUpperCase())
    .load(sink),
);

/** An engine that says it gave the items away, and does them here all the same. */
function postOffice(name: string): { readonly engine: Required<Engine>; readonly calls: string[] } {
  const calls: string[] = [];
  const record = (run: DispatchedRun, holder: string): Promise<void> =>
    run.facts.setFact(
      "engine",
      JSON.stringify({ name: holder, address: `${name}://counter`, url: `${name}://me@counter` }),
    );
  const dispatcher = (close: () => Promise<void>): Dispatcher => ({
    stepsOf: (_phase, local) => local,
    shareLane: (lane) => ({
      name: lane.name,
      call: (...args) => lane.call(...args),
      told: (limits) => lane.told(limits),
      publish: () => {},
    }),
    left: () => {},
    takeSuspects: () => [],
    [Symbol.asyncDispose]: close,
  });
  const engine: Required<Engine> = {
    name,
    run: (feed, work, options) => localEngine.run(feed, work, options),
    check: async () => {},
    async dispatch(run) {
      calls.push("dispatch");
      await record(run, name);
      return dispatcher(async () => {});
    },
    async reclaim(run, from) {
      calls.push(`reclaim from ${from.url}`);
      return dispatcher(() => record(run, "local"));
    },
    discard: async () => undefined,
  };
  return { engine, calls };
}

/** A session that was begun with an engine, and has items left. */
async function begin(engine: Engine): Promise<{ readonly workspace: string; readonly id: string }> {
  const workspace = join(mkdtempSync(join(tmpdir(), "holdfast-moved-")), ".holdfast");
  const { session } = await runPipeline(pipeline, { workspace, engine, limits: { limit: 1 } });
  return { workspace, id: session.id };
}

describe("a session whose items are with another engine", () => {
  it("reports where they are", async () => {
    const { workspace, id } = await begin(postOffice("post").engine);
    expect(await reportSession(workspace, id)).toMatchObject({ workersAt: "post://counter" });
  });

  it("has nothing there when it is a copy", async () => {
    const { workspace, id } = await begin(postOffice("post").engine);
    const copy = join(mkdtempSync(join(tmpdir(), "holdfast-copied-")), ".holdfast");
    cpSync(workspace, copy, { recursive: true });
    expect(await reportSession(copy, id)).toMatchObject({ workersAt: undefined, resultsAt: undefined });
    expect(await reportSession(workspace, id)).toMatchObject({ workersAt: "post://counter", resultsAt: undefined });
  });

  it("says that results are left there, and no items, when all of those are back", async () => {
    const { engine } = postOffice("post");
    const { workspace, id } = await begin(engine);
    {
      await using store = openSessionStore(join(workspace, "sessions", id, "state.db"));
      const record = JSON.parse(store.getFact("engine") ?? "{}") as object;
      await store.setFact("engine", JSON.stringify({ ...record, isReclaimed: true }));
    }
    expect(await reportSession(workspace, id)).toMatchObject({ workersAt: undefined, resultsAt: "post://counter" });
    await expect(resumeSession(id, pipeline, { workspace })).rejects.toMatchObject({
      code: "queue_unusable",
      message: `Results of the workers of session ${id} are at post://counter.`,
    });
    const [kept] = await cleanSessions(workspace, { before: new Date(Date.now() + 1), includeInterrupted: true });
    expect(kept).toMatchObject({ kept: "results of its workers are at post://counter: nobody looked there" });
  });

  it("leaves failed items failed when a retry is refused", async () => {
    const { engine } = postOffice("post");
    const failing = definePipeline("moved").phase("work", (phase) =>
      phase
        .extract(source)
        .step("upper", (text): string => {
          throw new StepError("input", text);
        })
        .load(sink),
    );
    const workspace = join(mkdtempSync(join(tmpdir(), "holdfast-moved-")), ".holdfast");
    const { session } = await runPipeline(failing, { workspace, engine });
    expect(session.counts).toMatchObject({ failed: 3, pending: 0 });
    await expect(retryFailed(session.id, failing, { workspace })).rejects.toMatchObject({ code: "queue_unusable" });
    expect((await reportSession(workspace, session.id)).session).toMatchObject({ counts: { failed: 3, pending: 0 } });
  });

  it("goes on with that engine", async () => {
    const { engine, calls } = postOffice("post");
    const { workspace, id } = await begin(engine);
    const { session } = await resumeSession(id, pipeline, { workspace, engine });
    expect(session).toMatchObject({ status: "completed", counts: { completed: 3 } });
    expect(calls).toEqual(["dispatch", "dispatch"]);
  });

  it("is refused by the local engine, with what to do, and nothing is changed", async () => {
    const { workspace, id } = await begin(postOffice("post").engine);
    const before = await reportSession(workspace, id);
    await expect(resumeSession(id, pipeline, { workspace })).rejects.toMatchObject({
      code: "queue_unusable",
      message: `The items of session ${id} are with workers at post://counter.`,
      hint: { kind: "reclaim_items", sessionId: id },
    });
    expect((await reportSession(workspace, id)).session.counts).toEqual(before.session.counts);
  });

  it("is refused by an engine of another name that gives items away too", async () => {
    const post = postOffice("post");
    const { workspace, id } = await begin(post.engine);
    const courier = postOffice("courier");
    const options = { workspace, engine: courier.engine, reclaimFrom: post.engine };
    await expect(resumeSession(id, pipeline, options)).rejects.toMatchObject({ code: "queue_unusable" });
    expect(courier.calls).toEqual([]);
  });

  it("comes back to the local engine through the engine that has them", async () => {
    const { engine, calls } = postOffice("post");
    const { workspace, id } = await begin(engine);
    const { session } = await resumeSession(id, pipeline, { workspace, reclaimFrom: engine });
    expect(session).toMatchObject({ status: "completed", counts: { completed: 3 } });
    expect(calls).toEqual(["dispatch", "reclaim from post://me@counter"]);
    expect(await reportSession(workspace, id)).toMatchObject({ workersAt: undefined });
  });

  it("is not asked for by an engine of another name", async () => {
    const { workspace, id } = await begin(postOffice("post").engine);
    const courier = postOffice("courier");
    const options = { workspace, reclaimFrom: courier.engine };
    await expect(resumeSession(id, pipeline, options)).rejects.toMatchObject({ code: "queue_unusable" });
    expect(courier.calls).toEqual([]);
  });
});
