import { sendToReview, type Review, defineStep, type Step } from "../../../core/pipeline/index.ts";
import type { Note } from "../../../stages/note/index.ts";
import type { DraftNote } from "../merge-notes/index.ts";
import { factsOf, markBlocks, renderTurns, turnsOf } from "../transcript/index.ts";
import { GATES, type Judged } from "./gates.ts";
import { withOriginal } from "./original.ts";
import { resolveQuality, type QualityThresholds } from "./quality-thresholds.ts";

export interface CheckQualityOptions {
  readonly quality?: QualityThresholds | undefined;
  /** The language that was asked for. @default that of the conversation */
  readonly language?: string | undefined;
}

/**
 * A step that sends a model's note to review when it fails a quality gate: the reason says why, with the numbers, and
 * the original conversation is added at the end of the note. In doubt a note passes.
 */
export function checkQuality({ quality: given, language }: CheckQualityOptions = {}): Step<DraftNote, Note> {
  const quality = resolveQuality(given);
  return defineStep({
    name: "check_quality",
    // Cheaper here than sending it to a worker.
    ownerOnly: true,
    settings: {
      ...quality,
      compression: quality.compression && quality.compression.map((rule) => ({ ...rule })),
      language: language ?? null,
    },
    process: ({ note, conversation, written }: DraftNote): Note | Review<Note> => {
      if (!written) return note;
      const read = [factsOf(conversation), renderTurns(markBlocks(turnsOf(conversation)).turns)].join("\n\n");
      const judged: Judged = { title: note.title, written, conversation, read, language };
      const reasons = GATES.flatMap((gate) => gate(judged, quality) ?? []);
      if (reasons.length === 0) return note;
      return sendToReview(reasons.join("; "), { ...note, body: withOriginal(note.body, conversation) });
    },
  });
}
