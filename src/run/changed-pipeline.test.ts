import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { definePipeline, fanOut, type AnyPipeline, type Source } from "../core/pipeline/index.ts";
import { RunControl } from "../core/runner/index.ts";
import { resumeSession, retryFailed, runPipeline } from "./run-pipeline.ts";

/** What a test sees of its steps. */
interface TestContext {
  readonly calls: string[];
  readonly loaded: string[];
  /** Calls that fail, as in `c i2`. */
  readonly failing: Set<string>;
}

const source: Source<string> = {
  name: "read",
  version: 1,
  check: async () => [],
  async *read() {
    for (const id of ["i1", "i2"]) yield { kind: "item", itemId: id, sourcePath: "memory", content: id };
  },
};

/** A pipeline of steps that append their name to what they get: `split` fans out, and `join` collects. */
function pipelineOf(steps: string, { calls, loaded, failing }: TestContext): AnyPipeline {
  return definePipeline("changed").phase("work", (phase) => {
    const call = (step: string, itemId: string): void => {
      calls.push(`${step} ${itemId}`);
      if (failing.has(`${step} ${itemId}`)) throw new Error(`${step} fails`);
    };
    let flow = phase.extract(source);
    for (const step of steps.split(" ")) {
      if (step === "join") {
        flow = flow.collect(step, (parts: readonly string[], { itemId }) => (call(step, itemId), parts.join("+")));
      } else {
        flow = flow.step(step, (text: string, { itemId }): never => {
          call(step, itemId);
          const out = `${text} ${step}`;
          return (step === "split" ? fanOut([{ id: "1", content: out }].map(asChild)) : out) as never;
        });
      }
    }
    return flow.load({
      name: "keep",
      version: 1,
      check: async () => {},
      load: async (text, { itemId }) => {
        loaded.push(`${itemId}: ${text}`);
        return { outputPath: "memory" };
      },
    });
  });
}

const asChild = ({ content }: { readonly id: string; readonly content: string }): string => content;

const newContext = (...failing: readonly string[]): TestContext => ({
  calls: [],
  loaded: [],
  failing: new Set(failing),
});

const newWorkspace = (): string => join(mkdtempSync(join(tmpdir(), "holdfast-changed-")), ".holdfast");

const OPTIONS = { retry: { maxAttempts: 1 } };

/** What a retry with changed steps did for i2, or why it was refused. */
async function retried(before: string, failing: string, after: string): Promise<unknown> {
  const workspace = newWorkspace();
  const first = newContext(failing);
  const { session } = await runPipeline(pipelineOf(before, first), { ...OPTIONS, workspace });
  expect(session.counts.failed).toBe(1);
  const context = newContext();
  try {
    const outcome = await retryFailed(session.id, pipelineOf(after, context), { ...OPTIONS, workspace, force: true });
    expect(outcome).toMatchObject({ reopened: 1, refused: [], session: { counts: { failed: 0, pending: 0 } } });
    return { calls: context.calls.join(", "), loaded: context.loaded.join(", ") };
  } catch (error) {
    expect(error).toMatchObject({ code: "pipeline_changed", hint: expect.stringContaining("Nothing was changed") });
    expect(context.calls).toEqual([]);
    return (error as Error).message;
  }
}

describe("a retry with a changed pipeline calls the step that failed, or is refused", () => {
  const done = (calls: string, loaded: string): unknown => ({ calls, loaded: `i2: i2 ${loaded}` });

  it.each([
    ["nothing changed", "a b c", "c i2", "a b c", done("c i2", "a b c")],
    ["one removed before it", "a b c", "c i2", "a c", expect.stringContaining('it has finished "b"')],
    ["one inserted before what is finished", "a b c", "c i2", "a n b c", done("c i2", "a b c")],
    ["one inserted before it", "a b c", "c i2", "a b n c", done("n i2, c i2", "a b n c")],
    ["one inserted after it", "a b c", "c i2", "a b c n", done("c i2, n i2", "a b c n")],
    ["it was renamed", "a b c", "c i2", "a b c2", expect.stringContaining('its step "c" failed')],
    ["it was removed", "a b c", "c i2", "a b", expect.stringContaining('its step "c" failed')],
    ["it was moved to the front", "a b c", "c i2", "c a b", expect.stringContaining('is now before "b"')],
    ["what is finished was swapped", "a b c", "c i2", "b a c", expect.stringContaining("another order")],
    ["the first failed and moved back", "a b", "a i2", "b a", done("b i2, a i2", "b a")],
    [
      "a part failed, and nothing changed",
      "split a join",
      "a i2/1",
      "split a join",
      done("a i2/1, join i2", "split a"),
    ],
    [
      "a part failed, one was added at the end",
      "split a join",
      "a i2/1",
      "split a join n",
      expect.stringContaining("fan-out"),
    ],
    ["a part failed, one was inserted", "split a join", "a i2/1", "split n a join", expect.stringContaining("fan-out")],
    ["a part failed, and is not collected", "split a join", "a i2/1", "split a", expect.stringContaining("collected")],
    [
      "collecting failed, one was inserted",
      "split a join",
      "join i2",
      "split a n join",
      expect.stringContaining("fan-out"),
    ],
    [
      "collecting failed, one was added after it",
      "split a join",
      "join i2",
      "split a join n",
      done("join i2, n i2", "split a n"),
    ],
    [
      "what follows the collect failed, one was inserted",
      "split a join b",
      "b i2",
      "split a join n b",
      done("n i2, b i2", "split a n b"),
    ],
  ] as const)("%s", async (_what, before, failing, after, expected) => {
    expect(await retried(before, failing, after)).toEqual(expected);
  });

  it("tries those that it can, and names the others", async () => {
    const workspace = newWorkspace();
    const { session } = await runPipeline(pipelineOf("a b c", newContext("a i1", "c i2")), { ...OPTIONS, workspace });
    const context = newContext();
    const outcome = await retryFailed(session.id, pipelineOf("a c", context), { ...OPTIONS, workspace, force: true });
    expect(context.calls).toEqual(["a i1", "c i1"]);
    expect(outcome).toMatchObject({
      reopened: 1,
      refused: [{ phase: "work", itemId: "i2", reason: 'it has finished "b", which the pipeline no longer has' }],
      session: { status: "partial", counts: { completed: 1, failed: 1 } },
    });
    // With its steps back, the other one is tried too.
    const back = newContext();
    const again = await retryFailed(session.id, pipelineOf("a b c", back), { ...OPTIONS, workspace, force: true });
    expect(back.calls).toEqual(["c i2"]);
    expect(again.session.counts).toMatchObject({ completed: 2, failed: 0 });
  });

  it("needs no retry: a resume with changed steps leaves what failed as it is", async () => {
    const workspace = newWorkspace();
    const { session } = await runPipeline(pipelineOf("a b", newContext("b i2")), { ...OPTIONS, workspace });
    const context = newContext();
    const resumed = await resumeSession(session.id, pipelineOf("a", context), { ...OPTIONS, workspace, force: true });
    expect([context.calls, resumed.session.counts.failed]).toEqual([[], 1]);
  });
});

describe("a resume with a changed pipeline", () => {
  /** A session that was stopped when i1 had finished step a. */
  async function stoppedAfterA(steps: string): Promise<{ readonly id: string; readonly workspace: string }> {
    const workspace = newWorkspace();
    const control = new RunControl();
    const { session } = await runPipeline(pipelineOf(steps, newContext()), {
      ...OPTIONS,
      workspace,
      control,
      window: 1,
      onEvent: (event) => {
        if (event.kind === "step" && event.step === "a") control.stop({ kind: "user", message: "enough" });
      },
    });
    return { id: session.id, workspace };
  }

  it.each([
    ["a b c", "b i1, c i1, a i2, b i2, c i2"],
    ["a c", "c i1, a i2, c i2"],
    ["n a b c", "b i1, c i1, n i2, a i2, b i2, c i2"],
    ["b a c", 'its next step "b" is now before "a"'],
    ["b c", 'it has finished "a"'],
  ])("goes on with %s, or is refused", async (steps, expected) => {
    const { id, workspace } = await stoppedAfterA("a b c");
    const context = newContext();
    const resumed = resumeSession(id, pipelineOf(steps, context), { ...OPTIONS, workspace, force: true, window: 1 });
    const got = await resumed.then(
      () => context.calls.join(", "),
      (error: unknown) => (error as Error).message,
    );
    expect(got).toContain(expected);
  });

  it("knows the steps of the last run, not only those that the session began with", async () => {
    const { id, workspace } = await stoppedAfterA("a b c");
    const control = new RunControl();
    await resumeSession(id, pipelineOf("n a b c", newContext()), {
      ...OPTIONS,
      workspace,
      force: true,
      window: 1,
      control,
      onEvent: (event) => {
        if (event.kind === "step" && event.step === "b") control.stop({ kind: "user", message: "enough" });
      },
    });
    const context = newContext();
    await resumeSession(id, pipelineOf("a b c", context), { ...OPTIONS, workspace, window: 1 });
    expect(context.calls).toEqual(["c i1", "a i2", "b i2", "c i2"]);
  });
});
