import { type Fields, isFields, listOf, textOf } from "../json-fields.ts";
import { type LinkedPage, asLink } from "../sources-list.ts";

/**
 * The text without the marks that stand where the page shows a citation: `【11†source】`, and private-use characters
 * with a code between them. Each becomes the link or the words that the message's metadata give for it, or goes.
 */
export function cleanMarks(text: string, metadata: Fields): string {
  if (!/[\uE200-\uE206【]/.test(text)) return text;
  const replaced = replaceReferences(text, listOf(metadata["content_references"]));
  const bracketed = replaceBrackets(replaced, text, listOf(metadata["citations"]));
  return bracketed
    .replace(PRIVATE_MARK, (_mark, inside: string) => wordsOf(inside) || GONE)
    .replace(SPACE_BEFORE_GONE, "")
    .replace(/[\uE200-\uE206]/g, "");
}

/** Stands for a mark that left nothing, until the space before it is taken away too. */
const GONE = "\uE206";
const SPACE_BEFORE_GONE = /[ \t]*\uE206(?=[\s.,;:!?)\uE206]|$)/g;

/** From U+E200 to U+E201, or to the end of a text that was cut in it. U+E202 stands between its fields. */
const PRIVATE_MARK = /\uE200([^\uE200\uE201\n]*)(?:\uE201|$)/gm;

/** Each reference names the text it stands for; some stand for a space or for nothing, and those are no marks. */
function replaceReferences(text: string, references: readonly unknown[]): string {
  return references.filter(isFields).reduce((cleaned: string, reference) => {
    const mark = textOf(reference["matched_text"]);
    if (!/[\uE200-\uE206【]/.test(mark) || !cleaned.includes(mark)) return cleaned;
    return cleaned.replaceAll(mark, () => referenceText(reference) || GONE);
  }, text);
}

/** What the page shows for it, else links to its pages, else the name of its file. */
function referenceText(reference: Fields): string {
  const { alt, items, name } = reference;
  if (typeof alt === "string" && alt !== "") return withoutTracking(textOf(alt));
  const pages = listOf(items)
    .map(pageOf)
    .filter(({ url }) => url !== "");
  const own = pageOf(reference);
  const links = (pages.length > 0 ? pages : [own]).map(asLink).filter((link) => link !== "");
  if (links.length > 0) return `(${links.join(", ")})`;
  return textOf(name) === "" ? "" : `(${textOf(name)})`;
}

const withoutTracking = (markdown: string): string => markdown.replace(/[?&]utm_source=chatgpt\.com(?=[)#\s]|$)/g, "");

/** What is left to read of a mark nobody explains: the name of a thing, or the words of a link. */
function wordsOf(inside: string): string {
  const [kind, first = ""] = inside.split("\uE202");
  if (kind === "url") return first;
  if (kind !== "entity") return "";
  const [, name] = /^\["(?:[^"\\]|\\.)*",\s*"((?:[^"\\]|\\.)*)"/.exec(first) ?? [];
  return name ?? "";
}

const BRACKET_MARK = /【(\d+)(?::\d+)?†[^】\n]*】/g;

/** The older marks: a citation is found by its place in the text as it was, or by the number in the mark. */
function replaceBrackets(text: string, original: string, citations: readonly unknown[]): string {
  const known = citations.filter(isFields);
  const places = Array.from(original.matchAll(BRACKET_MARK), ({ index, 0: mark }) => ({
    mark,
    // Services count characters, JavaScript counts halves of some.
    start: Array.from(original.slice(0, index)).length,
    index,
  }));
  let nth = 0;
  return text.replace(BRACKET_MARK, (mark, number: string) => {
    const place = places.slice(nth).find((one) => one.mark === mark);
    if (place) nth = places.indexOf(place) + 1;
    const citation =
      known.find(({ start_ix: start }) => place && (start === place.start || start === place.index)) ??
      known.find((one) => citedNumber(one) === number);
    return (citation && citationText(citation)) || GONE;
  });
}

function citedNumber({ metadata }: Fields): string | undefined {
  const extra = isFields(metadata) && isFields(metadata["extra"]) ? metadata["extra"] : {};
  const number = extra["cited_message_idx"];
  return typeof number === "number" ? String(number) : undefined;
}

function citationText({ metadata }: Fields): string {
  if (!isFields(metadata)) return "";
  const link = asLink(pageOf(metadata)) || textOf(metadata["name"]);
  return link === "" ? "" : ` (${link})`;
}

const pageOf = (value: unknown): LinkedPage => {
  const { url, title, attribution } = isFields(value) ? value : {};
  return { url: textOf(url), title: textOf(title) || textOf(attribution) };
};
