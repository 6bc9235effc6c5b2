import { describe, expect, test } from "vitest";
import { createStage, currentStageOf, STAGE_ORDER, stageStatus } from "./stage.ts";
import type { StageStatus, StepStatus } from "../base/status.ts";

describe("stageStatus", () => {
  const table: readonly (readonly [StageStatus, readonly StepStatus[]])[] = [
    ["completed", []],
    ["pending", ["pending"]],
    ["pending", ["pending", "pending"]],
    ["pending", ["skipped", "pending"]],
    ["running", ["running"]],
    ["running", ["completed", "running"]],
    ["running", ["failed", "running"]],
    ["running", ["completed", "pending"]],
    ["failed", ["failed"]],
    ["failed", ["failed", "pending"]],
    ["failed", ["completed", "failed", "skipped"]],
    ["completed", ["completed"]],
    ["completed", ["completed", "skipped"]],
    ["completed", ["skipped", "skipped"]],
  ];
  test.each(table)("is %s for steps that are %j", (status, steps) => {
    expect(stageStatus(steps.map((step) => ({ status: step })))).toBe(status);
  });
});

describe("Stage", () => {
  test("has its place among extract, transform and load, in that order", () => {
    expect(STAGE_ORDER).toEqual(["extract", "transform", "load"]);
  });

  test("takes its status from its steps", () => {
    const step = {
      name: "a",
      status: "completed",
      durationMs: 0,
      attempts: 0,
      itemsProcessed: 0,
      itemsFailed: 0,
    } as const;
    expect(createStage([step])).toEqual({ status: "completed", steps: [step] });
  });

  const stage = (status: StageStatus) => ({ status, steps: [] });
  test.each([
    ["extract", "pending", "pending", "pending"],
    ["extract", "running", "running", "running"],
    ["transform", "completed", "running", "running"],
    ["load", "completed", "failed", "running"],
    [null, "completed", "completed", "completed"],
    [null, "failed", "completed", "failed"],
  ] as const)("is current as %s when the stages are %s, %s and %s", (current, extract, transform, load) => {
    expect(currentStageOf({ extract: stage(extract), transform: stage(transform), load: stage(load) })).toBe(current);
  });
});
