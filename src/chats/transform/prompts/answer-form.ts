import type { JsonValue } from "../../../core/base/index.ts";

/** The form of a model's answers. */
export const AnswerForm = { markdown: "markdown", json: "json" } as const;
/** How the model is asked to answer: a value of {@link AnswerForm}. */
export type AnswerForm = (typeof AnswerForm)[keyof typeof AnswerForm];

/** Which sections an answer has: all of a note, or what is said of a text that stays as it is. */
export type Asked = "note" | "overview";

/** What stands in the example in place of each section. An answer that repeats one of them is refused. */
export const PLACEHOLDERS = {
  title: "(a title of at most 40 characters)",
  summary: "(one or two sentences, at most 200 characters)",
  tags: "(three to five tags, separated by commas)",
  content: "(the knowledge)",
} as const;

/** The example of an answer. It comes last in a prompt, since models forget what is far back. */
export const formOf = (form: AnswerForm, asked: Asked): string => FORMS[form](asked);

const FORMS: Readonly<Record<AnswerForm, (asked: Asked) => string>> = {
  markdown: (
    asked,
  ) => `Answer with the ${NAMES[asked]} alone, in exactly this form, with your own text in place of each bracket:

# ${PLACEHOLDERS.title}

## Summary

${PLACEHOLDERS.summary}

## Tags

${PLACEHOLDERS.tags}${asked === "note" ? `\n\n## Content\n\n${PLACEHOLDERS.content}` : ""}`,
  json: (
    asked,
  ) => `Answer with one JSON object alone, in exactly this form, with your own text in place of each bracket${
    asked === "note" ? ", and the content in Markdown with \\n for each line break" : ""
  }:

${JSON.stringify(
  {
    title: PLACEHOLDERS.title,
    summary: PLACEHOLDERS.summary,
    tags: ["(a tag)", "(another tag)"],
    ...(asked === "note" && { content: PLACEHOLDERS.content }),
  },
  undefined,
  2,
)}`,
};

const NAMES: Readonly<Record<Asked, string>> = { note: "note", overview: "title, summary and tags" };

/** The JSON Schema of an answer, for models that can be held to one; `undefined` when Markdown is asked for. */
export function schemaOf(form: AnswerForm, asked: Asked): JsonValue | undefined {
  if (form === "markdown") return undefined;
  const text = { type: "string" };
  const properties = {
    title: text,
    summary: text,
    tags: { type: "array", items: text },
    ...(asked === "note" && { content: text }),
  };
  return { type: "object", properties, required: Object.keys(properties), additionalProperties: false };
}
