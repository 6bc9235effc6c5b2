import { readFileSync } from "node:fs";
import type { SampleProjection, Survey } from "../../run/try/index.ts";
import type { Price, Usage } from "../../core/model/index.ts";
import { cutText } from "../../text/index.ts";

/** A try, as `--json` prints it. */
export interface TryReport {
  /** The export or the file, as the user wrote it. */
  readonly what: string;
  readonly pipeline: string;
  readonly elements: number;
  /** Items that a run would do. */
  readonly items: number;
  readonly ends: Survey["ends"];
  readonly sample: readonly ReportedInput[];
  /** How the sample was chosen. */
  readonly rule: string;
  readonly models: readonly ReportedModel[];
  /** Steps that called a model and whose answers are not kept: a run pays for them again. */
  readonly notKept: readonly string[];
  /** The command that goes on with a try that was stopped. */
  readonly again?: string;
  /** Phases of the pipeline that were not tried. */
  readonly laterPhases: readonly string[];
  readonly exitCode: number;
}

export interface ReportedInput {
  /** From 1. */
  readonly number: number;
  readonly itemId: string;
  readonly title?: string;
  /** Characters of its content. */
  readonly size: number;
  readonly start?: string;
  readonly file?: string;
}

export interface ReportedModel {
  readonly llm: string;
  readonly model: string;
  readonly sessionId?: string;
  readonly folder?: string;
  readonly problem?: string;
  readonly items: readonly ReportedOutput[];
  readonly ok: number;
  readonly failed: number;
  /** The median of the items that ended. */
  readonly medianMs?: number;
  /** What this session has used. */
  readonly usage?: Usage;
  /** Of this session; absent without a price. */
  readonly cost?: number;
  readonly price?: Price;
  /** The day of the list of prices; absent for a price of the user's own. */
  readonly listPrices?: string;
  readonly atOnce: number;
  readonly projection?: SampleProjection;
  /** The command that runs the whole. */
  readonly next: string;
  readonly exitCode: number;
}

export interface ReportedOutput {
  readonly number: number;
  readonly itemId: string;
  /** `pending` when it was not done. */
  readonly status: string;
  readonly reason?: string;
  readonly durationMs: number;
  readonly usage: Usage;
  readonly cost?: number;
  /** Answers that came from the cache, and took nothing this time. */
  readonly cachedAnswers: number;
  readonly start?: string;
  readonly file?: string;
}

/** Characters of an input and an output in a document. */
const START_LENGTH = 400;

/** The beginning of a text. */
export const startOf = (text: string): string => cutText(text.trim(), START_LENGTH);

/** The beginning of a file's text, without front matter. */
export function startOfFile(path: string | undefined): string | undefined {
  if (path === undefined) return undefined;
  try {
    return startOf(readFileSync(path, "utf8").replace(/^---\n[\s\S]*?\n---\n/, ""));
  } catch {
    return undefined;
  }
}
