import { sendToReview, type Review, defineStep, type Step } from "../../../core/pipeline/index.ts";
import type { Note } from "../../../stages/note/index.ts";
import type { DraftNote } from "../merge-notes/index.ts";
import { factsOf, markBlocks, renderTurns, turnsOf } from "../transcript/index.ts";
import { GATES, type Judged } from "./gates.ts";
import { withOriginal } from "./original.ts";
import { resolveQuality, type QualityThresholds } from "./quality-thresholds.ts";

/** When {@link checkQuality} sends a note to review. */
export interface CheckQualityOptions {
  /** The thresholds; what is absent has its default. */
  readonly quality?: QualityThresholds | undefined;
  /** The language that was asked for. @default that of the conversation */
  readonly language?: string | undefined;
}

/**
 * A step that sends a model's note to review when it fails a quality gate: the reason says why, with the numbers, and
 * the original conversation is added at the end of the note. In doubt a note passes.
 *
 * @example
 * ```ts
 * import { definePipeline, runPipeline } from "holdfast";
 * import { checkQuality, extractKnowledge, joinPieces, mergeNotes, readChats, splitChunks } from "holdfast/chats";
 * import { createOllama } from "holdfast/llm";
 * import { writeMarkdown } from "holdfast/sinks";
 * import { startFakeOllama } from "holdfast/testing";
 *
 * const note = "# Untitled\n\n## Summary\n\nToo short.\n\n## Tags\n\nchat\n\n## Content\n\nIt was a chat.\n";
 * await using server = await startFakeOllama({ answer: () => note });
 * const pipeline = definePipeline("checked").phase("import", (phase) =>
 *   phase
 *     .extract(readChats("examples/chatgpt-export"))
 *     .transform(splitChunks(), extractKnowledge())
 *     .transform(joinPieces())
 *     .transform(mergeNotes())
 *     .transform(checkQuality())
 *     .load(writeMarkdown("notes", (note) => note)),
 * );
 * const { session } = await runPipeline(pipeline, { model: createOllama({ model: "llama3.2", baseUrl: server.url }) });
 * console.log(session.counts.completed, session.counts.review);
 * // prints: 0 4
 * ```
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
