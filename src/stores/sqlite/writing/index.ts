export { chosenWriter } from "./chosen-writer.ts";
export { type AddOptions, CommitQueue } from "./commit-queue.ts";
export type { FanOutWrite, PlainStep, RunBegins, StepWrite, WriteData } from "./writes.ts";
