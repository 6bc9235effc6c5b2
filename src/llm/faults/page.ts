import { cutText } from "../../text/index.ts";
import type { Headers } from "../limits/index.ts";

/** What is read of a page: its title and first words stand at its beginning. */
const MOST_CHARS = 16_384;
/** How much of a page's words goes into a message. */
const SHOWN_CHARS = 120;

/** Whether a body is a web page, which no API answers with. */
export const isPage = (raw: string, headers: Headers): boolean =>
  /\btext\/html\b/i.test(String(headers["content-type"] ?? "")) ||
  /^\s{0,100}<(?:!doctype html|html|head)\b/i.test(raw);

/** The title of a page, else its first words. */
export function pageTitle(raw: string): string {
  const html = raw.slice(0, MOST_CHARS);
  const title = wordsOf(between(html, "<title", "</title"));
  return cutText(title === "" ? wordsOf(html) : title, SHOWN_CHARS);
}

/** Title, headings and text of a page, to find words in. */
export const pageWords = (raw: string): string => wordsOf(raw.slice(0, MOST_CHARS));

/** What stands from one mark to the next, with the first tag. */
function between(html: string, from: string, to: string): string {
  const lower = html.toLowerCase();
  const start = lower.indexOf(from);
  const end = start < 0 ? -1 : lower.indexOf(to, start);
  return end < 0 ? "" : html.slice(start, end);
}

/** The text of a page without its tags, scripts and styles. */
function wordsOf(html: string): string {
  const words: string[] = [];
  const lower = html.toLowerCase();
  for (let at = 0; at < html.length;) {
    const tag = html.indexOf("<", at);
    words.push(html.slice(at, tag < 0 ? html.length : tag));
    if (tag < 0) break;
    const hidden = HIDDEN.find(([begin]) => lower.startsWith(begin, tag));
    const last = hidden === undefined ? tag : lower.indexOf(hidden[1], tag);
    const end = last < 0 ? -1 : html.indexOf(">", last);
    if (end < 0) break;
    at = end + 1;
  }
  return words
    .join(" ")
    .replace(/&(?:nbsp|amp|lt|gt|quot|apos|#39);/g, (entity) => ENTITIES[entity] ?? " ")
    .replace(/\s+/g, " ")
    .trim();
}

/** What begins a part whose text nobody reads, and what ends it. */
const HIDDEN = [
  ["<script", "</script"],
  ["<style", "</style"],
  ["<!--", "-->"],
] as const;

const ENTITIES: Readonly<Record<string, string>> = {
  "&amp;": "&",
  "&lt;": "<",
  "&gt;": ">",
  "&quot;": '"',
  "&apos;": "'",
  "&#39;": "'",
};
