import { existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { HoldfastError } from "../core/failure/index.ts";
import { definePipeline, type AnyPipeline, type Sink, type Source } from "../core/pipeline/index.ts";
import { RunControl, type RunEvent } from "../core/runner/index.ts";
import { resumeSession, runPipeline } from "./index.ts";
import { watchRun } from "./watched-run.ts";

const workspace = (): string => join(mkdtempSync(join(tmpdir(), "holdfast-watch-")), ".holdfast");

const numbers = (count: number): Source<number> => ({
  name: "numbers",
  version: 1,
  check: async () => [],
  async *read() {
    for (let n = 1; n <= count; n += 1) yield { kind: "item", itemId: `n-${n}`, sourcePath: "memory", content: n };
  },
});

const sink: Sink<number> = {
  name: "keep",
  version: 1,
  check: async () => {},
  load: async (n) => ({ outputPath: String(n) }),
};

const pipelineOf = (count: number, step: (n: number) => number | Promise<number> = (n) => n): AnyPipeline =>
  definePipeline("watched").phase("work", (phase) => phase.extract(numbers(count)).step("work", step).load(sink));

async function take(run: AsyncIterable<RunEvent>): Promise<readonly RunEvent[]> {
  const events: RunEvent[] = [];
  for await (const event of run) events.push(event);
  return events;
}

describe("a run that is iterated over", () => {
  it("gives its events, and its outcome beside them", async () => {
    const run = runPipeline(pipelineOf(3), { workspace: workspace() });
    const events = await take(run);
    expect(events.filter(({ kind }) => kind === "item")).toHaveLength(3);
    expect(events.filter((event) => event.kind === "step" && event.step === "work")).toMatchObject(
      Array.from({ length: 3 }, () => ({ result: { success: true, attempts: 1, itemsProcessed: 1, itemsFailed: 0 } })),
    );
    expect((await run).session.status).toBe("completed");
  });

  it("gives all events to each loop, and to `onEvent`", async () => {
    const heard: RunEvent[] = [];
    const run = runPipeline(pipelineOf(2), { workspace: workspace(), onEvent: (event) => heard.push(event) });
    const [one, other] = await Promise.all([take(run), take(run)]);
    expect(one).toEqual(other);
    expect(one).toEqual(heard);
  });

  it("goes on when the loop is left", async () => {
    const run = runPipeline(pipelineOf(20), { workspace: workspace() });
    for await (const event of run) if (event.kind === "item") break;
    expect((await run).session.counts.completed).toBe(20);
  });

  it("says a step's failure in its result", async () => {
    const fail = (): never => {
      throw new HoldfastError("usage", "no such number");
    };
    const events = await take(runPipeline(pipelineOf(1, fail), { workspace: workspace() }));
    expect(events.find(({ kind }) => kind === "step")).toMatchObject({
      result: { success: false, error: "no such number", itemsFailed: 1 },
    });
  });

  it("throws in the loop what the run throws, with nobody awaiting it", async () => {
    const broken: AnyPipeline = definePipeline("broken").phase("work", (phase) =>
      phase
        .extract({ ...numbers(1), check: () => Promise.reject(new HoldfastError("input_unreadable", "no such file")) })
        .load(sink),
    );
    await expect(take(runPipeline(broken, { workspace: workspace() }))).rejects.toThrow("no such file");
  });

  it("keeps the newest 10,000 events for a loop that falls behind, and drops the oldest", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const run = watchRun({}, async ({ onEvent }: { onEvent?: (event: RunEvent) => void }) => {
      await promise;
      for (let count = 0; count < 10_005; count += 1) onEvent?.({ kind: "total", phase: "work", count });
    });
    const events = run[Symbol.asyncIterator]();
    resolve();
    await run;
    expect(await events.next()).toMatchObject({ value: { count: 5 } });
  });
});

describe("a run with a signal", () => {
  it("stops when it aborts: what is under way is finished, and the session goes on with a resume", async () => {
    const at = workspace();
    const stop = new AbortController();
    const pipeline = pipelineOf(30, (n) => {
      if (n === 5) stop.abort(new Error("the server shuts down"));
      return n;
    });
    const { session, cause } = await runPipeline(pipeline, { workspace: at, window: 2, signal: stop.signal });
    expect(session.status).toBe("interrupted");
    expect(cause).toMatchObject({ kind: "user", message: "stopped by its signal: the server shuts down" });
    expect(session.counts.completed).toBeLessThan(10);
    expect(session.counts.failed).toBe(0);
    expect((await resumeSession(session.id, pipeline, { workspace: at })).session.counts.completed).toBe(30);
  });

  it("does nothing when it aborted before", async () => {
    const { session } = await runPipeline(pipelineOf(3), { workspace: workspace(), signal: AbortSignal.abort() });
    expect(session).toMatchObject({ status: "interrupted", counts: { completed: 0, failed: 0 } });
  });

  it("rejects with the signal's reason when it aborts before there is a session", async () => {
    const at = workspace();
    const stop = new AbortController();
    const slow: AnyPipeline = definePipeline("slow").phase("work", (phase) =>
      phase
        .extract({
          ...numbers(1),
          check: async ({ signal }) => {
            stop.abort(new Error("never mind"));
            signal.throwIfAborted();
            return [];
          },
        })
        .load(sink),
    );
    await expect(runPipeline(slow, { workspace: at, signal: stop.signal })).rejects.toThrow("never mind");
    expect(existsSync(join(at, "sessions"))).toBe(false);
  });

  it("stops by its control as well", async () => {
    const control = new RunControl();
    const stop = new AbortController();
    const pipeline = pipelineOf(30, (n) => {
      if (n === 3) control.stop({ kind: "user", message: "enough" });
      return n;
    });
    const options = { workspace: workspace(), window: 1, signal: stop.signal, control };
    expect((await runPipeline(pipeline, options)).cause).toMatchObject({ message: "enough" });
  });

  it("leaves no listener behind", async () => {
    const listeners: string[] = [];
    const { signal } = new AbortController();
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (...args: Parameters<typeof add>) => (listeners.push(args[0]), add(...args));
    signal.removeEventListener = (...args: Parameters<typeof remove>) => (listeners.pop(), remove(...args));
    await runPipeline(pipelineOf(1), { workspace: workspace(), signal });
    expect(listeners).toEqual([]);
  });
});
