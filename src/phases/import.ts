import { definePipeline, type Pipeline } from "../core/index.ts";
import { readClaudeExport } from "../stages/extract/claude/index.ts";
import { OnEdited, writeMarkdown } from "../stages/load/markdown/index.ts";
import { extractKnowledge } from "../stages/transform/extract-knowledge/index.ts";
import { filterShort } from "../stages/transform/filter-short/index.ts";
import { skipUnchanged } from "../stages/transform/skip-unchanged/index.ts";

export interface ImportOptions {
  /** The export: a zip, a folder, or one JSON file. */
  readonly export: string;
  /** The folder that the notes go to. */
  readonly out: string;
  /** Shorter conversations are filtered. @default 3 */
  readonly minMessages?: number;
  /** What happens to the newer content of a chat whose note was edited. @default "keep" */
  readonly onEdited?: OnEdited;
}

/** Exported chats become Markdown notes. */
export function importPipeline({
  export: path,
  out,
  minMessages = 3,
  onEdited = OnEdited.keep,
}: ImportOptions): Pipeline<"import"> {
  return definePipeline("import").phase("import", (phase) =>
    phase
      .extract(readClaudeExport(path))
      .transform(filterShort({ minMessages }))
      .transform(skipUnchanged({ folder: out, onEdited }))
      .transform(extractKnowledge())
      .load(writeMarkdown(out, (note) => note, { onEdited })),
  );
}
