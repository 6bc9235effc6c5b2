import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Model } from "../core/model/index.ts";
import { definePipeline, type LoadChange, type Sink, type Source } from "../core/pipeline/index.ts";
import { resumeSession, runPipeline } from "./index.ts";
import { reportSession } from "./reports/index.ts";

const source: Source<number> = {
  name: "read",
  version: 1,
  check: async () => [],
  async *read() {
    for (const n of [0, 1, 2, 3]) yield { kind: "item", itemId: `n${n}`, sourcePath: "memory", content: n };
  },
};

const CHANGES: readonly (LoadChange | undefined)[] = ["created", "updated", "beside", undefined];

const sink: Sink<number> = {
  name: "keep",
  version: 1,
  check: async () => {},
  async load(n) {
    const change = CHANGES[n];
    return { outputPath: `/notes/${n}`, ...(change && { change }) };
  },
};

const model: Model = {
  id: "api:model",
  fingerprint: "api:model",
  lane: "api",
  check: async () => ({ notes: [] }),
  generate: async () => ({ text: "yes", usage: { inputTokens: 10, outputTokens: 5 } }),
};

const pipeline = definePipeline("runs").phase("work", (phase) =>
  phase
    .extract(source)
    .step("ask", async (n, { model: asked }) => (await asked.generate({ prompt: `${n}` }), n))
    .load(sink),
);

describe("a session's report", () => {
  it("lists its runs with their model, time and usage, each its own", async () => {
    const workspace = join(mkdtempSync(join(tmpdir(), "holdfast-runs-")), ".holdfast");
    const { session } = await runPipeline(pipeline, { workspace, model, limits: { limit: 3 } });
    await resumeSession(session.id, pipeline, { workspace, model });
    const { runs, usage } = await reportSession(workspace, session.id);
    const ended = (calls: number) => ({
      durationMs: expect.any(Number),
      usage: expect.objectContaining({ calls, inputTokens: 10 * calls, outputTokens: 5 * calls }),
    });
    expect(runs).toEqual([
      { model: "api:model", startedAt: expect.any(String), ended: ended(3) },
      { model: "api:model", startedAt: expect.any(String), ended: ended(1) },
    ]);
    expect(usage.calls).toBe(4);
  });

  it("counts what loads did, and names the items that met a user's edit", async () => {
    const workspace = join(mkdtempSync(join(tmpdir(), "holdfast-runs-")), ".holdfast");
    const { session } = await runPipeline(pipeline, { workspace, model });
    const { loads, edited } = await reportSession(workspace, session.id);
    expect(loads.toSorted((a, b) => a.change.localeCompare(b.change))).toEqual(
      (["beside", "created", "updated"] as const).map((change) => ({
        phase: "work",
        status: "completed",
        change,
        count: 1,
      })),
    );
    expect(edited).toMatchObject([{ itemId: "n2", outputPath: "/notes/2", change: "beside" }]);
  });
});
