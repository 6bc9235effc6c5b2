import { StepError } from "../../../core/failure/index.ts";
import { defineCollect, type Collect } from "../../../core/pipeline/index.ts";
import type { Conversation } from "../../conversation.ts";
import type { Note } from "../../../stages/note/index.ts";
import { settingsOf, type Asking, type AskOptions } from "../ask/index.ts";
import { QUOTING_ENGINE, type NotedPart, type PartNote } from "../chat-part.ts";
import { headingsBelow } from "../markdown-text/headings.ts";
import { PROMPT_VERSION, promptsWith } from "../prompts/index.ts";
import { markBlocks, restoreBlocks, turnsOf, type MarkedTurns } from "../transcript/index.ts";
import { askOverview } from "./ask-overview.ts";
import { writeBody } from "./body.ts";
import type { DraftNote } from "./draft-note.ts";
import { joinParts } from "./join-parts.ts";

/** As they are given to `extractKnowledge`. */
export interface MergeNotesOptions extends AskOptions {}

/**
 * A step that merges the notes on the parts of a conversation into one note. Their contents are kept, each under a
 * heading; the model is asked for the title, summary and tags of the whole, and for nothing when there is one part.
 * Code and tables are put back at their markers; those whose markers the model left out are added at the end.
 *
 * @example
 * ```ts
 * import { definePipeline, runPipeline } from "holdfast";
 * import { extractKnowledge, joinPieces, mergeNotes, readChats, splitChunks } from "holdfast/chats";
 * import { writeMarkdown } from "holdfast/sinks";
 *
 * // The same options in all three: the prompt's length decides what fits.
 * const asking = { language: "English" };
 * const pipeline = definePipeline("drafts").phase("import", (phase) =>
 *   phase
 *     .extract(readChats("examples/chatgpt-export"))
 *     .transform(splitChunks(asking), extractKnowledge(asking))
 *     .transform(joinPieces())
 *     .transform(mergeNotes(asking))
 *     .load(writeMarkdown("notes", ({ note }) => note)),
 * );
 * const { session } = await runPipeline(pipeline);
 * console.log(session.status, session.counts.completed);
 * // prints: completed 4
 * ```
 */
export function mergeNotes(options: MergeNotesOptions = {}): Collect<NotedPart, DraftNote> {
  const asking: Asking = { ...options, prompts: options.prompts ?? promptsWith() };
  return defineCollect({
    name: "merge_notes",
    version: PROMPT_VERSION,
    lane: "model",
    // Not cached: most chats are one part and cost no call here, and a cached answer would hold the whole conversation.
    settings: settingsOf(asking),
    process: async (parts: readonly NotedPart[], ctx): Promise<DraftNote> => {
      const { conversation, notes, writtenBy } = joinParts(parts);
      const [first] = notes;
      if (!conversation || !first) throw new StepError("bug", "The parts do not contain their conversation.");
      const { title, summary, tags } = notes.length === 1 ? first : await askOverview(notes, conversation, asking, ctx);
      const head: Head = {
        title,
        summary,
        tags,
        chunks: notes.length,
        writtenBy,
        promptVersion: asking.prompts.version,
      };
      if (conversation.document) return { note: noteOf(conversation, head, first.content), conversation };
      return draft(conversation, notes, head);
    },
  });
}

interface Head extends Pick<PartNote, "summary" | "tags"> {
  readonly title: string | undefined;
  readonly chunks: number;
  readonly writtenBy: string;
  readonly promptVersion: number | string;
}

const NOTHING_MARKED: Pick<MarkedTurns, "blocks" | "words"> = { blocks: [], words: { code: "code", table: "table" } };

function draft(conversation: Conversation, notes: readonly PartNote[], head: Head): DraftNote {
  const isQuoted = head.writtenBy === QUOTING_ENGINE;
  const marked = isQuoted ? NOTHING_MARKED : markBlocks(turnsOf(conversation));
  const content = notes.length === 1 ? (notes[0]?.content ?? "") : notes.map(underHeading).join("\n\n");
  const { text, dropped } = restoreBlocks(content, marked, { apart: true });
  const note = noteOf(conversation, head, writeBody(text, conversation, dropped));
  if (isQuoted) return { note, conversation };
  return { note, conversation, written: { content, blocks: marked.blocks.length, dropped: dropped.length } };
}

const underHeading = ({ title, content }: PartNote, index: number): string =>
  `## ${title ?? `Part ${index + 1}`}\n\n${headingsBelow(3, content)}`;

function noteOf(conversation: Conversation, head: Head, body: string): Note {
  const { provider, id, createdAt, updatedAt, url, contentHash } = conversation;
  const { title, summary, tags, chunks, writtenBy, promptVersion } = head;
  return {
    title: title ?? (conversation.title.trim() || `Chat ${createdAt?.slice(0, 10) ?? id}`),
    body,
    summary,
    tags,
    source: provider,
    sourceId: `${provider}:${id}`,
    contentHash,
    ...(createdAt === undefined ? {} : { created: createdAt }),
    ...(updatedAt === undefined ? {} : { updated: updatedAt }),
    ...(url === undefined ? {} : { sourceUrl: url }),
    ...(chunks > 1 && { chunks }),
    ...(writtenBy === QUOTING_ENGINE ? { engine: writtenBy } : { model: writtenBy, promptVersion }),
  };
}
