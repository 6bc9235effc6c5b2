import { cutText, withoutLast } from "../../../text/index.ts";
import { NO_GENRE } from "./prompt.ts";

/** A model's classification of a note. A complaint tells the model how to fix its answer. */
export type ParsedClass =
  | { readonly ok: true; readonly genre: string | undefined; readonly topic: string | undefined }
  | { readonly ok: false; readonly complaint: string };

const MAX_TOPIC_LENGTH = 60;

/**
 * Reads the genre and the topic of an answer: two lines, JSON, Markdown emphasis or chatter around them. `genre` is
 * spelled as in the list; `undefined` when the model says that none fits. Never throws.
 */
export function parseClass(answer: string, genres: readonly string[]): ParsedClass {
  const said = fieldOf(answer, "genre") ?? "";
  const known = [...genres, NO_GENRE];
  const genre = known.find((one) => bare(one) === bare(said)) ?? onlyOne(said === "" ? answer : said, known);
  if (genre === undefined) return { ok: false, complaint: complaintAbout(answer, said, known) };
  return {
    ok: true,
    genre: genre === NO_GENRE && !genres.includes(NO_GENRE) ? undefined : genre,
    topic: topicOf(answer),
  };
}

function complaintAbout(answer: string, said: string, known: readonly string[]): string {
  const list = known.join(", ");
  if (answer.trim() === "") return `The answer was empty. Answer with one of these genres: ${list}.`;
  return said === ""
    ? `The answer named no genre of the list. Answer with one of these: ${list}.`
    : `"${cutText(said, MAX_TOPIC_LENGTH)}" is no genre of the list. Answer with one of these: ${list}.`;
}

/** A field as a line (`**Genre:** science`), or as a member of JSON (`"genre": "science"`). */
function fieldOf(answer: string, name: "genre" | "topic"): string | undefined {
  const line = new RegExp(
    String.raw`(?<=(?:^|[\n{,])[\s>*#_\-"'\x60]*)${name}[\s"'*_\x60]*[:=：][ \t]*([^\n]*)`,
    "i",
  ).exec(answer);
  const value = line?.[1]?.replace(/^[\s"'*_\x60]+/, "");
  return value === undefined ? undefined : tidy(/["}]/.test(value) ? (/^[^"}]*/.exec(value)?.[0] ?? "") : value);
}

/** The one genre that a text names, and no other. */
function onlyOne(text: string, genres: readonly string[]): string | undefined {
  const words = ` ${bare(text)} `;
  const named = genres.filter((genre) => words.includes(` ${bare(genre)} `));
  // A name may be a part of a longer one that is in the list too.
  const longest = named.filter((one) => !named.some((other) => other !== one && bare(other).includes(bare(one))));
  return longest.length === 1 ? longest[0] : undefined;
}

function topicOf(answer: string): string | undefined {
  const topic = fieldOf(answer, "topic");
  if (topic === undefined || topic === "" || topic.length > MAX_TOPIC_LENGTH) return undefined;
  return NO_TOPIC.has(bare(topic)) ? undefined : topic;
}

const NO_TOPIC: ReadonlySet<string> = new Set(["none", "n a", "unknown", "one to three words", ""]);

const tidy = (text: string): string => withoutLast(text.replace(/^[\s"'*_`(]+/u, ""), /[\s"'*_`).,;、。]/u).trim();

const bare = (text: string): string =>
  text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, " ")
    .trim();
