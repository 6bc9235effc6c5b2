import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { sumUsage, type Usage } from "../../core/model/index.ts";
import type { NewItem, StepRecord } from "../../core/storage/index.ts";
import { openSessionReports, openSessionStore } from "./index.ts";

const item = (itemId: string): NewItem => ({
  phase: "p",
  itemId,
  readBy: "read",
  sourcePath: "",
  metadata: {},
  content: 1,
  status: "pending",
});

const record = (itemId: string, more: Partial<StepRecord>): StepRecord => ({
  phase: "p",
  itemId,
  stepIndex: 0,
  step: "ask",
  stage: "transform",
  succeeded: true,
  output: 2,
  durationMs: 1,
  attempts: 1,
  item: { status: "pending" },
  ...more,
});

const usage: Usage = {
  calls: 2,
  inputTokens: 30,
  cachedInputTokens: 10,
  outputTokens: 7,
  reasoningTokens: 3,
  callsOfUnknownTokens: 1,
  estimatedTokens: 12,
  cost: 0.25,
  callsOfUnknownCost: 1,
  estimatedCost: 0.125,
};

describe("what calls cost", () => {
  it("is summed by step with the records it came with, and outlives the run", async () => {
    const file = join(mkdtempSync(join(tmpdir(), "holdfast-usage-")), "state.db");
    {
      await using store = openSessionStore(file);
      await Promise.all(["a", "b"].map((itemId) => store.addItem(item(itemId))));
      await store.recordStep(record("a", { usage }));
      await store.recordStep(record("b", { usage, succeeded: false, output: undefined }));
      await store.recordStep(record("a", { step: "write", stepIndex: 1 }));
    }
    await using reports = openSessionReports(file);
    const totals = reports.stepTotals("p");
    expect(totals.find(({ step }) => step === "ask")?.usage).toEqual(sumUsage([usage, usage]));
    expect(totals.find(({ step }) => step === "write")).not.toHaveProperty("usage");
  });

  it("is counted for a step that the run was stopped in, which did nothing else", async () => {
    await using store = openSessionStore(":memory:");
    await store.recordUsage({ phase: "p", step: "ask", stage: "transform", usage });
    expect(store.stepTotals("p")).toMatchObject([{ step: "ask", processed: 0, attempts: 0, usage }]);
  });
});
