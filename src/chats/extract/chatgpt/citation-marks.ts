import { type Fields, isFields, listOf, textOf } from "../../../stages/extract/input/index.ts";
import { type LinkedPage, asLink } from "../sources-list.ts";

/**
 * The text without the marks that stand where the page shows a citation: `【11†source】`, and private-use characters
 * with a code between them. Each becomes the link or the words that the message's metadata give for it, or goes.
 */
export function cleanMarks(text: string, metadata: Fields): string {
  if (!/[\uE200-\uE206【]/.test(text)) return text;
  const references = referencesByMark(listOf(metadata["content_references"]));
  const unbracketed = replaceBrackets(text, references, listOf(metadata["citations"]));
  return unbracketed
    .replace(PRIVATE_MARK, (mark, inside: string) => references.get(mark) || wordsOf(inside) || GONE)
    .replace(SPACE_BEFORE_GONE, "")
    .replace(/[\uE200-\uE206]/g, "");
}

/** From U+E200 to U+E201, or to the end of a text that was cut in it. U+E202 stands between its fields. */
const PRIVATE_MARK = /\uE200([^\uE200\uE201\n]*)(?:\uE201|$)/gm;

/** Stands for a mark that left nothing, until the space before it is taken away too. */
const GONE = "\uE206";
const SPACE_BEFORE_GONE = /(?<![ \t])[ \t]*\uE206(?=[\s.,;:!?)\uE206]|$)/g;

/** What stands in each mark's place. Some references stand for a space or for nothing, and those are no marks. */
const referencesByMark = (references: readonly unknown[]): ReadonlyMap<string, string> =>
  new Map(
    references.filter(isFields).map((reference) => [textOf(reference["matched_text"]), referenceText(reference)]),
  );

/** What the page shows for it, else links to its pages, else the name of its file. */
function referenceText(reference: Fields): string {
  const { alt, items, name } = reference;
  if (typeof alt === "string" && alt !== "") return withoutTracking(textOf(alt));
  const pages = listOf(items)
    .map(pageOf)
    .filter(({ url }) => url !== "");
  const links = (pages.length > 0 ? pages : [pageOf(reference)]).map(asLink).filter((link) => link !== "");
  if (links.length > 0) return `(${links.join(", ")})`;
  return textOf(name) === "" ? "" : `(${textOf(name)})`;
}

const withoutTracking = (markdown: string): string => markdown.replace(/[?&]utm_source=chatgpt\.com(?=[)#\s]|$)/g, "");

/** The readable part of a mark without an explanation: the name of a thing, or the words of a link. */
function wordsOf(inside: string): string {
  const [kind, first = ""] = inside.split("\uE202");
  if (kind === "url") return first;
  if (kind !== "entity") return "";
  const [, name] = /^\["(?:[^"\\]|\\.)*",\s*"((?:[^"\\]|\\.)*)"/.exec(first) ?? [];
  return name ?? "";
}

const BRACKET_MARK = /【(\d+)(?::\d+)?†[^【】\n]*】/g;

/** The older marks: a citation is found by its place in the text, or by the number in the mark. */
function replaceBrackets(text: string, references: ReadonlyMap<string, string>, citations: readonly unknown[]): string {
  const known = citations.filter(isFields);
  const byPlace = new Map(known.map((citation) => [citation["start_ix"], citation]));
  const byNumber = new Map(known.map((citation) => [citedNumber(citation), citation]));
  // Services count characters, JavaScript counts halves of some.
  let [counted, characters] = [0, 0];
  return text.replace(BRACKET_MARK, (mark, number: string, place: number) => {
    characters += Array.from(text.slice(counted, place)).length;
    counted = place;
    const citation = byPlace.get(characters) ?? byPlace.get(place) ?? byNumber.get(number);
    return references.get(mark) || (citation && citationText(citation)) || GONE;
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
