import { existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { HoldfastError } from "../core/failure/index.ts";
import { definePipeline, type AnyPipeline, type Sink, type Source } from "../core/pipeline/index.ts";
import { RunControl, type RunEvent } from "../core/runner/index.ts";
import { SessionManager } from "../core/session/index.ts";
import type { Model } from "../core/model/index.ts";
import { createExtractive } from "../llm/extractive/index.ts";
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

describe("a listener that throws", () => {
  const listeners = {
    "at once": () => {
      throw new Error("mine");
    },
    // A mistake that the types let through where a function is cast or comes from JavaScript.
    later: (() => Promise.reject(new Error("mine"))) as () => void,
  };

  it.each(Object.entries(listeners))("%s changes nothing in the run", async (_when, onEvent) => {
    const rejections: unknown[] = [];
    const note = (error: unknown): void => void rejections.push(error);
    process.on("unhandledRejection", note);
    const model: Model = { ...createExtractive(), check: async () => ({ notes: ["runs on the CPU"] }) };
    const { session } = await runPipeline(pipelineOf(3), {
      workspace: workspace(),
      model,
      onEvent,
    });
    await new Promise((resolve) => setImmediate(resolve));
    process.off("unhandledRejection", note);
    expect(session.counts.completed).toBe(3);
    expect(rejections).toEqual([]);
  });
});

describe("the iterator of a run", () => {
  const after = (events: readonly RunEvent[]) =>
    watchRun({}, async ({ onEvent }: { onEvent?: (event: RunEvent) => void }) => {
      await new Promise((resolve) => setImmediate(resolve));
      for (const event of events) onEvent?.(event);
    });
  const total = (count: number): RunEvent => ({ kind: "total", phase: "work", count });

  it("answers each of several calls of next that wait at once", async () => {
    const events = after([total(1), total(2)])[Symbol.asyncIterator]();
    const three = await Promise.all([events.next(), events.next(), events.next()]);
    expect(three.map(({ done }) => done)).toEqual([false, false, true]);
  });

  it("stays done after it threw, and after it was left", async () => {
    const failing = watchRun({}, () => Promise.reject(new Error("broken")))[Symbol.asyncIterator]();
    await expect(failing.next()).rejects.toThrow("broken");
    expect(await failing.next()).toMatchObject({ done: true });

    const run = after([total(1), total(2)]);
    const left = run[Symbol.asyncIterator]();
    await left.next();
    await left.return?.();
    await run;
    expect(await left.next()).toMatchObject({ done: true });
  });

  it("hears nothing of the run once it was left", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const run = watchRun({}, async ({ onEvent }: { onEvent?: (event: RunEvent) => void }) => {
      await promise;
      onEvent?.(total(1));
    });
    const left = run[Symbol.asyncIterator]();
    await left.return?.();
    resolve();
    await run;
    expect(await left.next()).toMatchObject({ done: true });
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

  it("rejects with the reason when it aborted before, and leaves no session", async () => {
    const at = workspace();
    const run = runPipeline(pipelineOf(3), { workspace: at, signal: AbortSignal.abort(new Error("too late")) });
    await expect(run).rejects.toThrow("too late");
    expect(existsSync(join(at, "sessions"))).toBe(false);
  });

  it("leaves a session as it is when it aborted before a resume", async () => {
    const at = workspace();
    const { session } = await runPipeline(pipelineOf(3), { workspace: at });
    const resumed = resumeSession(session.id, pipelineOf(3), {
      workspace: at,
      signal: AbortSignal.abort(new Error("no")),
    });
    await expect(resumed).rejects.toThrow("no");
    expect(await new SessionManager(at).load(session.id)).toMatchObject({ status: "completed" });
  });

  it("rejects with the reason when it aborts while the model is checked, whatever the model makes of that", async () => {
    const stop = new AbortController();
    const model: Model = {
      ...createExtractive(),
      check: async () => {
        stop.abort(new Error("never mind"));
        throw new HoldfastError("model_unusable", "Cannot use the model: aborted.");
      },
    };
    const run = runPipeline(pipelineOf(1), { workspace: workspace(), signal: stop.signal, model });
    await expect(run).rejects.toThrow("never mind");
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

  it.each(["ends", "fails"])("leaves no listener behind when it %s", async (how) => {
    const listeners = new Set<unknown>();
    const { signal } = new AbortController();
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (...args: Parameters<typeof add>) => (listeners.add(args[1]), add(...args));
    signal.removeEventListener = (...args: Parameters<typeof remove>) => (listeners.delete(args[1]), remove(...args));
    const limits = how === "ends" ? {} : { maxTokens: -1 };
    await runPipeline(pipelineOf(1), { workspace: workspace(), signal, limits }).catch(() => {});
    expect(listeners.size).toBe(0);
  });
});
