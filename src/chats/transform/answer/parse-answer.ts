import { closeFence } from "../../../text/index.ts";
import type { Asked } from "../prompts/index.ts";
import { complaintAbout, isPlaceholder, oneLine } from "./complaints.ts";
import { readJson } from "./json-answer.ts";
import { readSections, type Sections } from "./markdown-sections.ts";
import { stripOuterFence } from "./outer-fence.ts";
import { readTags } from "./tags.ts";

/** What a model wrote, before it is joined with what is known of the conversation. */
export interface ParsedNote {
  /** Absent when the answer has none: the chat's own title serves. */
  readonly title: string | undefined;
  readonly summary: string;
  readonly tags: readonly string[];
  /** Empty when only an overview was asked for. */
  readonly content: string;
}

/** A complaint is one or more sentences that tell the model how to fix its answer. */
export type ParsedAnswer =
  | { readonly ok: true; readonly note: ParsedNote }
  | { readonly ok: false; readonly complaint: string };

/** Reads a model's answer: Markdown sections first, else a JSON object. Never throws. */
export function parseAnswer(answer: string, asked: Asked = "note"): ParsedAnswer {
  const text = stripOuterFence(answer.toWellFormed());
  const sections = readSections(text);
  const read = isWhole(sections, asked) ? sections : (readJson(text) ?? sections);
  const complaint = complaintAbout({ text, sections: read, asked });
  if (complaint !== undefined) return { ok: false, complaint };
  const title = oneLine(read.title ?? "");
  return {
    ok: true,
    note: {
      title: title === "" ? undefined : title,
      summary: oneLine(read.summary ?? ""),
      tags: isPlaceholder(read.tags) ? [] : readTags(read.tags ?? ""),
      content: asked === "note" ? closeFence(read.content ?? "") : "",
    },
  };
}

const isWhole = ({ summary, content }: Sections, asked: Asked): boolean =>
  Boolean(summary) && (asked === "overview" || Boolean(content));
