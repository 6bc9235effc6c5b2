import { plainText } from "./plain-text.ts";
import type { Sentence } from "./sentences.ts";
import { isWeak, type Term, type TermReader } from "./terms.ts";
import type { Voice, Voices } from "./voices.ts";

/** The statistics of one term of a chat. */
export interface TermFacts {
  readonly key: string;
  /** How often it is said; each document counts once. */
  count: number;
  /** How often it is written like a name. */
  named: number;
  /** How often it stands as a noun does. */
  nouns: number;
  inTitle: boolean;
  inQuestions: boolean;
  /** In how many messages. */
  messages: number;
}

/** What a chat is about: its terms and the pairs that belong together, in the order of first mention. */
export interface Topic {
  readonly terms: ReadonlyMap<string, TermFacts>;
  /** Two words that follow each other, as `first second`, with how often. */
  readonly pairs: ReadonlyMap<string, number>;
  /** Those of them in the title. */
  readonly titlePairs: ReadonlyMap<string, number>;
  /** How many terms the title has. */
  readonly titleTerms: number;
  /** What is known of a term, under its singular where the chat says both. */
  factsOf(key: string): TermFacts | undefined;
  /** How much a term says about the chat: 0 for terms that are unknown here. */
  weightOf(key: string): number;
}

/** Counts the terms of a chat, once over its text. */
export function readTopic(title: string, voices: Voices, sentences: readonly Sentence[], read: TermReader): Topic {
  const terms = new Map<string, TermFacts>();
  const pairs = new Map<string, number>();
  const titlePairs = new Map<string, number>();
  const seenIn = new Map<string, number>();

  const add = (text: string, message: number, { asks = false, inTitle = false, once = false } = {}): void => {
    let before: Term | undefined;
    for (const term of read(text)) {
      const facts = terms.get(term.key) ?? {
        key: term.key,
        count: 0,
        named: 0,
        nouns: 0,
        inTitle: false,
        inQuestions: false,
        messages: 0,
      };
      terms.set(term.key, facts);
      const isNew = seenIn.get(term.key) !== message;
      seenIn.set(term.key, message);
      if (isNew && !inTitle) facts.messages += 1;
      if (isNew || !once) {
        facts.count += 1;
        if (term.isName) facts.named += 1;
        if (term.isNoun) facts.nouns += 1;
        if (term.follows && before !== undefined && !once) count(pairs, `${before.key} ${term.key}`);
      }
      if (inTitle && term.follows && before !== undefined) count(titlePairs, `${before.key} ${term.key}`);
      if (inTitle) facts.inTitle = true;
      if (asks) facts.inQuestions = true;
      before = term;
    }
  };

  // In "a script to import supplier lists" nothing is named "import supplier".
  add(title.replace(/\bto (\p{L}+)/giu, "to $1 |"), -1, { inTitle: true });
  for (const { plain, message, asks } of sentences) add(plain, message, { asks });
  voices.said.forEach((voice, message) => add(linesBeside(voice), message));
  voices.background.forEach((voice, index) => add(allText(voice), voices.said.length + index, { once: true }));
  const baseOf = foldPlurals(terms);
  const factsOf = (key: string): TermFacts | undefined => terms.get(baseOf.get(key) ?? key);
  return {
    terms,
    pairs: foldPairs(pairs, baseOf),
    titlePairs: foldPairs(titlePairs, baseOf),
    titleTerms: read(title).length,
    factsOf,
    weightOf: (key) => weigh(factsOf(key)),
  };
}

/** Counts `queries` as `query` where a chat says both. Gives the base form of each term that was folded. */
function foldPlurals(terms: Map<string, TermFacts>): ReadonlyMap<string, string> {
  const baseOf = new Map<string, string>();
  for (const [key, facts] of terms) {
    const base = [key.replace(/ies$/, "y"), key.replace(/es$/, ""), key.replace(/s$/, "")].find(
      (form) => form !== key && terms.has(form),
    );
    const singular = base === undefined || base.length < 3 ? undefined : terms.get(base);
    if (base === undefined || singular === undefined) continue;
    baseOf.set(key, base);
    singular.count += facts.count;
    singular.named += facts.named;
    singular.nouns += facts.nouns;
    singular.inTitle ||= facts.inTitle;
    singular.inQuestions ||= facts.inQuestions;
    singular.messages = Math.max(singular.messages, facts.messages);
    terms.delete(key);
  }
  return baseOf;
}

function foldPairs(
  pairs: ReadonlyMap<string, number>,
  baseOf: ReadonlyMap<string, string>,
): ReadonlyMap<string, number> {
  const folded = new Map<string, number>();
  for (const [pair, times] of pairs) {
    const key = pair
      .split(" ")
      .map((word) => baseOf.get(word) ?? word)
      .join(" ");
    folded.set(key, (folded.get(key) ?? 0) + times);
  }
  return folded;
}

function weigh(facts: TermFacts | undefined): number {
  if (facts === undefined) return 0;
  const spread = 1 + Math.min(facts.messages, 6) / 12;
  return (
    Math.log2(1 + facts.count) *
    spread *
    (facts.inTitle ? 1.7 : 1) *
    (facts.inQuestions ? 1.3 : 1) *
    (isWeak(facts.key) ? 0.3 : 1)
  );
}

/** Headings and tables hold no sentences, but the best terms. */
const linesBeside = ({ blocks }: Voice): string =>
  blocks
    .flatMap(({ kind, text }) => (kind === "heading" || kind === "label" || kind === "table" ? [plainText(text)] : []))
    .join(" | ");

const MAX_BACKGROUND_LENGTH = 50_000;

const allText = ({ blocks }: Voice): string =>
  blocks
    .flatMap(({ kind, text }) => (kind === "code" || kind === "raw" ? [] : [plainText(text)]))
    .join(" | ")
    .slice(0, MAX_BACKGROUND_LENGTH);

const count = (counts: Map<string, number>, key: string): void => {
  counts.set(key, (counts.get(key) ?? 0) + 1);
};
