import { StepError } from "../../../core/failure/index.ts";
import { defineCollect, type Collect } from "../../../core/pipeline/index.ts";
import type { NotedPart } from "../chat-part.ts";

/** Puts the notes on several parts into one list, in the order of the conversation. */
export function joinParts(parts: readonly NotedPart[]): NotedPart {
  const conversation = parts.find((part) => part.conversation)?.conversation;
  const writtenBy = [...new Set(parts.map((part) => part.writtenBy))].join(", ");
  if (writtenBy === "") throw new StepError("bug", "There are no parts to join.");
  return { ...(conversation && { conversation }), notes: parts.flatMap(({ notes }) => notes), writtenBy };
}

/**
 * Collects the pieces of a part that the model found too long; a part that was not cut again passes as it is.
 *
 * @example
 * ```ts
 * import { definePipeline, runPipeline } from "holdfast";
 * import { extractKnowledge, joinPieces, mergeNotes, readChats, splitChunks } from "holdfast/chats";
 * import { writeMarkdown } from "holdfast/sinks";
 *
 * // Two steps fan out, so two collect: splitChunks and mergeNotes, extractKnowledge and joinPieces.
 * const pipeline = definePipeline("drafts").phase("import", (phase) =>
 *   phase
 *     .extract(readChats("examples/chatgpt-export"))
 *     .transform(splitChunks(), extractKnowledge())
 *     .transform(joinPieces())
 *     .transform(mergeNotes())
 *     .load(writeMarkdown("notes", ({ note }) => note)),
 * );
 * const { session } = await runPipeline(pipeline);
 * console.log(session.counts.completed);
 * // prints: 4
 * ```
 */
export function joinPieces(): Collect<NotedPart, NotedPart> {
  return defineCollect({ name: "join_pieces", process: joinParts });
}
