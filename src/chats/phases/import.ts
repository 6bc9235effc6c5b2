import { PhaseType } from "../../core/base/index.ts";
import { definePipeline, type Pipeline } from "../../core/pipeline/index.ts";
import { readChats, type ChatSource } from "../extract/chats/index.ts";
import type { Branches } from "../extract/conversation-format.ts";
import { OnEdited, writeMarkdown } from "../../stages/load/markdown/index.ts";
import { Layout } from "../../stages/note/index.ts";
import { checkQuality, type QualityThresholds } from "../transform/check-quality/index.ts";
import { extractKnowledge } from "../transform/extract-knowledge/index.ts";
import { filterPrivate } from "../transform/filter-private/index.ts";
import { filterShort } from "../transform/filter-short/index.ts";
import { joinPieces, mergeNotes } from "../transform/merge-notes/index.ts";
import { readPrompts, type AnswerForm } from "../transform/prompts/index.ts";
import { skipUnchanged } from "../transform/skip-unchanged/index.ts";
import { splitChunks } from "../transform/split-chunks/index.ts";

/** What {@link importPipeline} reads, how it works, and where the notes go. */
export interface ImportOptions {
  /** The export: a zip, a folder, or one JSON file; or a folder of Markdown files, or a Jekyll blog. */
  readonly export: string;
  /** The kind of the export, if it cannot be detected. @default what is found in it */
  readonly from?: ChatSource | undefined;
  /** Which branches of a chat are read. @default "current" */
  readonly branches?: Branches | undefined;
  /** The folder that the notes go to. */
  readonly out: string;
  /** Shorter conversations are filtered; 0 keeps all. @default 3 */
  readonly minMessages?: number;
  /** What happens to the newer content of a chat whose note was edited. @default "keep" */
  readonly onEdited?: OnEdited;
  /** The folder layout of new notes; existing notes stay where they are. @default "flat" */
  readonly layout?: Layout;
  /** The language the notes are written in, in English: `Japanese`. @default that of each conversation */
  readonly language?: string | undefined;
  /** A folder with prompts of your own: `note.md` and others. @default those that come with Holdfast */
  readonly prompts?: string | undefined;
  /** The form of the model's answers. @default "markdown" */
  readonly answer?: AnswerForm | undefined;
  /** When a note goes to review. */
  readonly quality?: QualityThresholds | undefined;
}

/**
 * The pipeline that turns exported chats into Markdown notes. A chat that does not fit into the model's context is
 * processed in parts. Throws a `HoldfastError` when the prompts cannot be used.
 *
 * @example
 * ```ts
 * import { readdirSync } from "node:fs";
 * import { runPipeline } from "holdfast";
 * import { importPipeline } from "holdfast/chats";
 *
 * // Without a model the extractive engine writes the notes: no network, no cost.
 * await runPipeline(importPipeline({ export: "examples/chatgpt-export", out: "notes", layout: "by-provider" }));
 * for (const name of readdirSync("notes/chatgpt").sort()) console.log(name);
 * // prints: Hive weights from a CSV file.md
 * // prints: Why the glaze crawled.md
 * // prints: Winter plan for the allotment.md
 * // prints: 味噌汁の出汁の取り方.md
 * ```
 */
export function importPipeline({
  export: path,
  from,
  branches,
  out,
  minMessages = 3,
  onEdited = OnEdited.keep,
  layout = Layout.flat,
  language,
  prompts,
  answer,
  quality,
}: ImportOptions): Pipeline<"import"> {
  const asking = { language, answer, prompts: prompts === undefined ? undefined : readPrompts(prompts) };
  return definePipeline("import").phase(PhaseType.import, (phase) =>
    phase
      .extract(readChats(path, { from, branches, except: out }))
      .transform(filterShort({ minMessages }))
      .transform(filterPrivate())
      .transform(skipUnchanged({ folder: out, onEdited }))
      .transform(splitChunks(asking))
      .transform(extractKnowledge(asking))
      .transform(joinPieces())
      .transform(mergeNotes(asking))
      .transform(checkQuality({ quality, language }))
      .load(writeMarkdown(out, (note) => note, { onEdited, layout })),
  );
}
