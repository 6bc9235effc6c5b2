import type { Sentence } from "./sentences.ts";
import { isWeak, type TermReader } from "./terms.ts";
import type { Topic } from "./topic.ts";
import { isChatter, isQuestion, leansBack } from "./words/phrases.ts";

/** A sentence with how much it says about its chat. Higher is more. */
export interface Ranked {
  readonly sentence: Sentence;
  readonly score: number;
  /** Its terms that weigh anything. */
  readonly terms: ReadonlySet<string>;
  /** Whether it names at least two things, one of which the chat comes back to. */
  readonly isInformative: boolean;
  /** How many things it names: terms that are not said in every chat. */
  readonly things: number;
  /** Its place among all sentences of the chat. */
  readonly order: number;
}

/** Ranks the sentences that state something: no greetings, no questions, no lead-ins, no fragments. In the order of the chat. */
export function rankSentences(sentences: readonly Sentence[], topic: Topic, read: TermReader): readonly Ranked[] {
  return sentences.flatMap((sentence, order) => {
    if (!isStatement(sentence.plain)) return [];
    const terms = new Set(read(sentence.plain).map(({ key }) => key));
    const score = matter(terms, topic) * placeFactor(sentence) * formFactor(sentence);
    const things = [...terms].filter((term) => !isWeak(term));
    return score > 0
      ? [{ sentence, score, terms, order, isInformative: isInformative(things, topic), things: things.length }]
      : [];
  });
}

/** The best `count` of the ranked sentences that do not repeat one another, in the order of the chat. */
export function pickBest(ranked: readonly Ranked[], count: number): readonly Ranked[] {
  const picked: Ranked[] = [];
  for (const candidate of ranked.toSorted((a, b) => b.score - a.score || a.order - b.order)) {
    if (picked.length === count) break;
    if (!picked.some((other) => repeats(candidate, other))) picked.push(candidate);
  }
  return picked.toSorted((a, b) => a.order - b.order);
}

/** Whether most terms of the shorter sentence are in the other one. */
export function repeats(a: Ranked, b: Ranked): boolean {
  const [few, many] = a.terms.size <= b.terms.size ? [a.terms, b.terms] : [b.terms, a.terms];
  let shared = 0;
  for (const term of few) if (many.has(term)) shared += 1;
  return shared >= few.size * 0.75;
}

function isInformative(things: readonly string[], topic: Topic): boolean {
  const recurs = things.some((term) => {
    const { count = 0, inTitle = false, inQuestions = false } = topic.factsOf(term) ?? {};
    return count > 1 || inTitle || inQuestions;
  });
  return things.length >= 4 || (things.length >= (things.some(isDense) ? 1 : 2) && recurs);
}

/** The sum of the weights of all terms, so divided that a long sentence wins only if all of it says something. */
function matter(terms: ReadonlySet<string>, topic: Topic): number {
  let sum = 0;
  for (const term of terms) sum += topic.weightOf(term);
  return sum / (6 + terms.size) ** 0.8;
}

/** What is said first in an answer is mostly the answer. */
const placeFactor = ({ place, message, asks }: Sentence): number =>
  (place === 0 ? 1.25 : place <= 2 ? 1.15 : 1) * (message <= 1 ? 1.15 : 1) * (asks ? 0.55 : 1);

function formFactor({ plain, list }: Sentence): number {
  const isLong = plain.length > (isDense(plain) ? 120 : 260);
  const isOpenEnded = list === undefined && !isClosed(plain);
  return (
    (leansBack(plain) ? 0.5 : 1) *
    (list === undefined ? 1 : 0.9) *
    (isLong ? 0.6 : 1) *
    (isOpenEnded || isChatty(plain) ? 0.5 : 1)
  );
}

/** Whether a sentence ends as sentences do. */
export const isClosed = (plain: string): boolean => /[.!?。！？…]["'”」』）)*_]*$/u.test(plain);

/** Japanese small talk agrees with its reader at the end of the sentence. */
export const isChatty = (plain: string): boolean => /(?:です|ます)(?:よ|もん)?(?:ね|よ)[。！!]?$/u.test(plain);

function isStatement(plain: string): boolean {
  if (isChatter(plain) || isQuestion(plain) || /[:：]["'”」』）)]*$/u.test(plain) || isCutOff(plain)) return false;
  const letters = plain.match(/[\p{L}\p{N}\s]/gu)?.length ?? 0;
  if (letters < plain.length * 0.7) return false;
  return isDense(plain) ? plain.length >= 10 : plain.length >= 20 && plain.split(" ").length >= 4;
}

/** A Japanese sentence never ends with these: the message was cut there, or this is half of a sentence. */
const isCutOff = (plain: string): boolean => /[のをにがはへ、]$/u.test(plain) || isFragment(plain);

/** Whether a sentence starts with a particle, so that its subject is in a line before. */
export const isFragment = (plain: string): boolean =>
  /^[のをにがはでと](?=[\p{Script=Han}\p{Script=Katakana}\p{Script=Latin}])/u.test(plain);

/** Whether a text is in a script that says in one letter what others say in a word. */
export const isDense = (text: string): boolean => /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u.test(text);
