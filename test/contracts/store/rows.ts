import type { NewItem, StepRecord } from "../../../src/core/storage/index.ts";

/** A pending item as a source puts it out. */
export const item = (itemId: string, over: Partial<NewItem> = {}): NewItem => ({
  phase: "work",
  itemId,
  sourcePath: "memory",
  readBy: "read",
  metadata: {},
  content: { id: itemId },
  status: "pending",
  ...over,
});

/** A step that succeeded and is not the item's last. */
export const step = (itemId: string, over: Partial<StepRecord> = {}): StepRecord => ({
  phase: "work",
  itemId,
  stepIndex: 0,
  step: "first",
  stage: "transform",
  succeeded: true,
  output: { done: itemId },
  durationMs: 2,
  attempts: 1,
  item: { status: "pending" },
  ...over,
});
