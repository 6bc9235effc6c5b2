import type { ItemStatus } from "../../../core/base/index.ts";
import type { Usage } from "../../../core/model/index.ts";
import type { LoadChange, StepLayout } from "../../../core/pipeline/index.ts";
import type { ReopenQuery, StepRecord } from "../../../core/storage/index.ts";
import type { CrashesBefore } from "../crash-count.ts";

/**
 * What is written to a session's database, as data that can be sent to a thread; contents are texts of JSON already.
 * Lists and no objects, where there are many of a kind: names of fields would be most of what is sent.
 */
export type WriteData =
  | readonly [
      kind: "add",
      seq: number,
      phase: string,
      itemId: string,
      sourcePath: string,
      metadata: string,
      content: string | null,
      run: number,
      readBy: string,
      status: ItemStatus,
      reason: string | null,
      failure: string | null,
    ]
  | StepWrite
  | readonly [kind: "starts", run: number, phase: string, itemId: string]
  | readonly [kind: "fact", key: string, value: string]
  | readonly [kind: "usage", step: Pick<StepRecord, "phase" | "step" | "stage">, usage: Usage]
  | readonly [kind: "cancel", phase: string, itemId: string, message: string, failure: string]
  | RareWrite
  | readonly [kind: "call-begins", seq: number, step: string]
  | readonly [kind: "call-ends", seq: number]
  | readonly [kind: "run-begins"]
  | readonly [kind: "run-ends"];

/** A write that needs to know what a pipeline is. */
export type RareWrite =
  | readonly [
      kind: "replace",
      phase: string,
      itemId: string,
      content: string | null,
      sourcePath: string,
      metadata: string,
    ]
  | readonly [kind: "reopen", query: ReopenQuery, layouts: ReadonlyMap<string, StepLayout> | undefined]
  | readonly [kind: "renumber", phase: string, steps: readonly string[]];

export type StepWrite =
  | PlainStep
  | readonly [kind: "last-step", outputPath: string | null, change: LoadChange | null, step: PlainStep]
  | readonly [kind: "any-step", step: AnyStep];

/** A step that went as most do. */
export type PlainStep = readonly [
  kind: "step",
  seq: number,
  stepIndex: number,
  step: string,
  output: string | null,
  durationMs: number,
  attempts: number,
  phase: string,
  stage: StepRecord["stage"],
  isFresh: boolean,
  parent: number | null,
];

/** Any step, and what became of its item by it. */
export interface AnyStep extends Omit<StepRecord, "itemId" | "output" | "outputText" | "fanOut" | "item"> {
  readonly seq: number;
  /** Whether the source put the item out in this run and it was not fanned out. */
  readonly isFresh: boolean;
  readonly output: string | null;
  readonly contentAt: number | null;
  /** Whether a note of its call is still there. */
  readonly isNoted: boolean;
  readonly fanOut: FanOutWrite | undefined;
  readonly item: Omit<StepRecord["item"], "failure"> & { readonly failure: string | null };
  /** Of the item. */
  readonly parent: number | null;
}

export interface FanOutWrite {
  readonly itemId: string;
  /** Of the first child; the others follow. */
  readonly firstSeq: number;
  readonly firstStep: number;
  readonly collectedAt: number | undefined;
  readonly children: readonly { readonly itemId: string; readonly content: string }[];
}

export const isRare = ([kind]: WriteData): boolean => kind === "replace" || kind === "reopen" || kind === "renumber";

/** What a write comes to, besides its rows. */
export type Written<Data extends WriteData> = Data extends StepWrite
  ? string | undefined
  : Data[0] extends "reopen"
    ? number
    : Data[0] extends "run-begins"
      ? RunBegins
      : void;

export interface RunBegins extends CrashesBefore {
  readonly run: number;
}
