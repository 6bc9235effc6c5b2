import { closeFence } from "./fence.ts";
import { readJson } from "./json-answer.ts";
import { readSections, type Sections } from "./markdown-sections.ts";
import { stripOuterFence } from "./outer-fence.ts";
import { PLACEHOLDERS } from "./prompt.ts";
import { readTags } from "./tags.ts";

/** What a model wrote, before it is joined with what is known of the conversation. */
export interface ParsedNote {
  /** Absent when the answer has none: the chat's own title serves. */
  readonly title: string | undefined;
  readonly summary: string;
  readonly tags: readonly string[];
  readonly content: string;
}

/** A complaint is one sentence or more, written for the model to mend its answer by. */
export type ParsedAnswer =
  | { readonly ok: true; readonly note: ParsedNote }
  | { readonly ok: false; readonly complaint: string };

/** Reads a model's answer: Markdown sections first, else a JSON object. Never throws. */
export function parseAnswer(answer: string): ParsedAnswer {
  const text = stripOuterFence(answer.toWellFormed());
  if (text.trim() === "") return refuse("The answer was empty.");
  const sections = readSections(text);
  const read = isWhole(sections) ? sections : (readJson(text) ?? sections);
  const complaint = complaintAbout(read);
  if (complaint !== undefined) return refuse(complaint);
  const title = oneLine(read.title ?? "");
  return {
    ok: true,
    note: {
      title: title === "" ? undefined : title,
      summary: oneLine(read.summary ?? ""),
      tags: isPlaceholder(read.tags) ? [] : readTags(read.tags ?? ""),
      content: closeFence(read.content ?? ""),
    },
  };
}

const refuse = (complaint: string): ParsedAnswer => ({ ok: false, complaint });

const isWhole = ({ summary, content }: Sections): boolean => Boolean(summary) && Boolean(content);

interface Rule {
  readonly refuses: (sections: Sections) => boolean;
  readonly complaint: string;
}

/** In order: the first that refuses is what the model is told. */
const RULES: readonly Rule[] = [
  {
    refuses: ({ summary, content }) => !summary && !content,
    complaint: 'The answer had neither a "## Summary" nor a "## Content" section.',
  },
  { refuses: ({ summary }) => !summary, complaint: 'The "## Summary" section was missing or empty.' },
  { refuses: ({ content }) => !content, complaint: 'The "## Content" section was missing or empty.' },
  { refuses: ({ title }) => isPlaceholder(title), complaint: "The title was the placeholder of the example." },
  { refuses: ({ summary }) => isPlaceholder(summary), complaint: "The summary was the placeholder of the example." },
  { refuses: ({ content }) => isPlaceholder(content), complaint: "The content was the placeholder of the example." },
  {
    refuses: ({ summary = "", content = "" }) => content.length < oneLine(summary).length,
    complaint: "The content was shorter than the summary: it holds the knowledge itself, in full.",
  },
];

const complaintAbout = (sections: Sections): string | undefined =>
  RULES.find(({ refuses }) => refuses(sections))?.complaint;

/** Emphasis around the whole line and quotes are no part of a title. */
const oneLine = (text: string): string =>
  text
    .replace(/\s+/g, " ")
    .trim()
    .replace(/^(\*\*|["“「])(.*)(?:\*\*|["”」])$/su, (whole, _open, inner: string) =>
      /["“”「」]|\*\*/.test(inner) ? whole : inner.trim(),
    );

const bare = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[\s\p{P}\p{S}]+/gu, " ")
    .trim();

const EXAMPLES: ReadonlySet<string> = new Set([...Object.values(PLACEHOLDERS), "your title", "title here"].map(bare));

const isPlaceholder = (text: string | undefined): boolean => text !== undefined && EXAMPLES.has(bare(text));
