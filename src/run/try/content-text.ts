import type { JsonValue } from "../../core/base/index.ts";

type Fields = Readonly<Record<string, JsonValue>>;

const fieldsOf = (content: JsonValue): Fields | undefined =>
  typeof content === "object" && content !== null && !Array.isArray(content) ? (content as Fields) : undefined;

/** The fields that a text is looked for in, the first that has one. */
const TEXT_FIELDS = ["text", "body", "markdown", "content", "html", "message"] as const;

/** The fields that a title is looked for in. */
const TITLE_FIELDS = ["title", "name", "subject", "headline"] as const;

/**
 * The text in a content, for people: a text itself, what was said in a chat, the field that holds a text. What has none is
 * shown as JSON.
 */
export function contentText(content: JsonValue): { readonly text: string; readonly ending: string } {
  if (typeof content === "string") return { text: content, ending: ".txt" };
  const fields = fieldsOf(content);
  const said = fields && saidIn(fields["messages"]);
  if (said !== undefined) return { text: said, ending: ".txt" };
  const found = TEXT_FIELDS.map((name) => fields?.[name]).find(isText);
  if (found !== undefined) return { text: found, ending: ".txt" };
  return { text: JSON.stringify(content, undefined, 2), ending: ".json" };
}

/** What a content calls itself; `undefined` when it has no such field. */
export function contentTitle(content: JsonValue): string | undefined {
  const fields = fieldsOf(content);
  return TITLE_FIELDS.map((name) => fields?.[name]).find(isText);
}

function saidIn(messages: JsonValue | undefined): string | undefined {
  if (!Array.isArray(messages)) return undefined;
  const said = (messages as readonly JsonValue[]).flatMap((message) => {
    const { role, text } = fieldsOf(message) ?? {};
    return isText(text) ? [typeof role === "string" ? `${role}: ${text}` : text] : [];
  });
  return said.length === 0 ? undefined : said.join("\n\n");
}

const isText = (value: JsonValue | undefined): value is string => typeof value === "string" && value.trim() !== "";
