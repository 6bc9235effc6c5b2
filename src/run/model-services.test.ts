import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Model, ModelInfo } from "../core/model/index.ts";
import { definePipeline, type AnyPipeline, type Sink, type Source } from "../core/pipeline/index.ts";
import { resumeSession, retryFailed, runPipeline } from "./index.ts";

const INFO: ModelInfo = { contextTokens: 4096, notes: ["here"] };

/** A model that writes down what is asked of it. */
function watched(check: Model["check"] = async () => INFO) {
  const seen: string[] = [];
  const model: Model = {
    id: "api:model",
    fingerprint: "f",
    lane: undefined,
    check: async (signal) => (seen.push("check"), check(signal)),
    generate: async () => (seen.push("generate"), { text: "text", usage: {} }),
    countTokens: (text) => text.length * 2,
    close: async () => void seen.push("close"),
  };
  return { model, seen };
}

const source: Source<string> = {
  name: "read",
  version: 1,
  check: async () => [],
  async *read() {
    yield { kind: "item", itemId: "one", sourcePath: "memory", content: "kelp" };
  },
};

const sink: Sink<unknown> = {
  name: "keep",
  version: 1,
  check: async () => {},
  load: async () => ({ outputPath: "x" }),
};

function telling(told: unknown[]): AnyPipeline {
  return definePipeline("telling").phase("work", (phase) =>
    phase
      .extract(source)
      .step("ask", async (text, { model, modelInfo }) => {
        told.push(modelInfo.contextTokens, model.countTokens?.(text));
        return (await model.generate({ prompt: text })).text;
      })
      .load(sink),
  );
}

const workspace = (): string => join(mkdtempSync(join(tmpdir(), "holdfast-run-")), ".holdfast");

describe("the model of a run", () => {
  it("is checked before the first item, tells the steps what it said, and is closed at the end", async () => {
    const { model, seen } = watched();
    const told: unknown[] = [];
    await runPipeline(telling(told), { workspace: workspace(), model });
    expect(seen).toEqual(["check", "generate", "close"]);
    expect(told).toEqual([4096, 8]);
  });

  it("is checked and closed by a resume and by a retry too", async () => {
    const place = workspace();
    const told: unknown[] = [];
    const { session } = await runPipeline(telling(told), { workspace: place, model: watched().model });
    const resumed = watched();
    await resumeSession(session.id, telling(told), { workspace: place, model: resumed.model });
    const retried = watched();
    const query = { itemIds: ["one"] };
    const { reopened } = await retryFailed(session.id, telling(told), {
      workspace: place,
      model: retried.model,
      query,
    });
    expect(resumed.seen).toEqual(["check", "close"]);
    expect([reopened, retried.seen]).toEqual([1, ["check", "generate", "close"]]);
    expect(told).toEqual([4096, 8, 4096, 8]);
  });

  it("is closed when it cannot be used", async () => {
    const { model, seen } = watched(() => Promise.reject(new Error("out of order")));
    await expect(runPipeline(telling([]), { workspace: workspace(), model })).rejects.toThrow("out of order");
    expect(seen).toEqual(["check", "close"]);
  });

  it("has no context when there is none, and tokens are estimated", async () => {
    const told: unknown[] = [];
    await runPipeline(telling(told), { workspace: workspace() });
    expect(told).toEqual([undefined, 1]);
  });
});
