import { PLACEHOLDERS, type Asked } from "../prompts/index.ts";
import type { Sections } from "./markdown-sections.ts";
import { isRefusal } from "./refusal.ts";

/** An answer as far as it was read. */
export interface ReadAnswer {
  /** Without fences and thoughts around it. */
  readonly text: string;
  readonly sections: Sections;
  readonly asked: Asked;
}

interface Rule {
  readonly refuses: (answer: ReadAnswer) => boolean;
  readonly complaint: string;
}

const misses = ({ sections, asked }: ReadAnswer, name: "summary" | "content"): boolean =>
  !sections[name] && (name === "summary" || asked === "note");

/** In order: the first that refuses is the complaint for the model. */
const RULES: readonly Rule[] = [
  { refuses: ({ text }) => text.trim() === "", complaint: "The answer was empty." },
  {
    refuses: ({ text, sections }) => isRefusal(sections.content ?? sections.summary ?? text),
    complaint:
      "The answer refused the task. The owner of the conversation wants a note of it for their own use: write what the conversation says.",
  },
  {
    refuses: (answer) => (misses(answer, "summary") || misses(answer, "content")) && isCutJson(answer.text),
    complaint: "The JSON object ended before it was closed: make it shorter and whole.",
  },
  {
    refuses: (answer) => misses(answer, "summary") && misses(answer, "content"),
    complaint: 'The answer had neither a "## Summary" nor a "## Content" section.',
  },
  { refuses: (answer) => misses(answer, "summary"), complaint: 'The "## Summary" section was missing or empty.' },
  { refuses: (answer) => misses(answer, "content"), complaint: 'The "## Content" section was missing or empty.' },
  {
    refuses: ({ sections: { title } }) => isPlaceholder(title),
    complaint: "The title was the placeholder of the example.",
  },
  {
    refuses: ({ sections: { summary } }) => isPlaceholder(summary),
    complaint: "The summary was the placeholder of the example.",
  },
  {
    refuses: ({ sections: { content }, asked }) => asked === "note" && isPlaceholder(content),
    complaint: "The content was the placeholder of the example.",
  },
  {
    refuses: ({ sections: { summary = "", content = "" }, asked }) =>
      asked === "note" && content.length < oneLine(summary).length,
    complaint: "The content was shorter than the summary: it holds the knowledge itself, in full.",
  },
  {
    refuses: ({ sections: { summary = "", content = "" }, asked }) =>
      asked === "note" && summary.length > LEAST_TO_COMPARE && bare(summary) === bare(content),
    complaint: "The content only repeated the summary: it holds the knowledge itself, in full.",
  },
];

/** A summary is shorter than this; of a short chat, the content may say no more. In characters. */
const LEAST_TO_COMPARE = 300;

/** What is wrong with an answer, for the model to fix; `undefined` when it can be used. */
export const complaintAbout = (answer: ReadAnswer): string | undefined =>
  RULES.find(({ refuses }) => refuses(answer))?.complaint;

/** A title or summary on one line: emphasis around all of it and quotes are no part of it. */
export const oneLine = (text: string): string =>
  text
    .replace(/\s+/g, " ")
    .trim()
    .replace(/^(\*\*|["“「])(.*)(?:\*\*|["”」])$/su, (whole, _open, inner: string) =>
      /["“”「」]|\*\*/.test(inner) ? whole : inner.trim(),
    );

/** Whether a text is the one that stands in the example in its place. */
export const isPlaceholder = (text: string | undefined): boolean => text !== undefined && EXAMPLES.has(bare(text));

const bare = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[\s\p{P}\p{S}]+/gu, " ")
    .trim();

const EXAMPLES: ReadonlySet<string> = new Set([...Object.values(PLACEHOLDERS), "your title", "title here"].map(bare));

const isCutJson = (text: string): boolean => /^\s*\{\s*"/.test(text) && !/\}\s*$/.test(text);
