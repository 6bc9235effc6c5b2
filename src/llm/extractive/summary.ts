import { cutTo } from "./cut.ts";
import { isChatty, isClosed, isDense, pickBest, repeats, type Ranked } from "./salience.ts";
import type { Sentence } from "./sentences.ts";
import { concludes, leansBack } from "./words/phrases.ts";

export interface Summary {
  readonly text: string;
  /** The sentences it was made of. */
  readonly from: readonly Ranked[];
}

/** In a chat with more decisions than this, none of them is what the chat was about. */
const MAX_DECISIONS = 3;

/** How much of the best sentence's score another one must have to stand beside it or in its place. */
const WORTH_IT = 0.55;

/**
 * One or two whole sentences of at most `maxLength` UTF-16 units that stand alone: what was answered, and what was
 * decided. A cut one only when none is short enough.
 */
export function summarise(
  ranked: readonly Ranked[],
  decisions: readonly Sentence[],
  maxLength: number,
): Summary | undefined {
  const decided = new Set(decisions.map(({ plain }) => plain));
  const answers = ranked.filter(({ sentence }) => !sentence.asks && !decided.has(sentence.plain));
  const pool = answers.length > 0 ? answers : ranked;
  const short = pool.filter((one) => one.sentence.plain.length <= maxLength).map(preferAnswer);
  const standalone = byScore(short.filter(standsAlone));
  const outcome = decided.size > MAX_DECISIONS ? undefined : outcomeOf(ranked, decided, maxLength);
  const from =
    outcome === undefined
      ? withSecond(standalone.length > 0 ? standalone : byScore(short), maxLength)
      : withOutcome(standalone, outcome, maxLength);
  if (from.length > 0) return { text: written(from), from: ranked.filter((one) => isOneOf(one, from)) };
  const [best] = pickBest(pool, 1);
  return best && { text: cutTo(best.sentence.plain, maxLength), from: [best] };
}

/** What was decided, after the best answer that there is room for. */
function withOutcome(answers: readonly Ranked[], outcome: Ranked, maxLength: number): readonly Ranked[] {
  const fitting = worthy(answers).find((answer) => written([answer, outcome]).length <= maxLength);
  return fitting === undefined ? [outcome] : [fitting, outcome];
}

/** The best sentence, with the next one if it says nearly as much and there is room. */
function withSecond(choice: readonly Ranked[], maxLength: number): readonly Ranked[] {
  const [first, ...others] = worthy(choice);
  if (first === undefined) return [];
  const second = others.find((other) => !repeats(first, other));
  return second === undefined || written([first, second]).length > maxLength ? [first] : [first, second];
}

const byScore = (sentences: readonly Ranked[]): readonly Ranked[] =>
  sentences.toSorted((a, b) => b.score - a.score || a.order - b.order);

/** Those that say nearly as much as the best one; `sentences` are in the order of their scores. */
const worthy = (sentences: readonly Ranked[]): readonly Ranked[] =>
  sentences.filter(({ score }) => score >= (sentences[0]?.score ?? 0) * WORTH_IT);

const isOneOf = (one: Ranked, others: readonly Ranked[]): boolean => others.some(({ order }) => order === one.order);

const written = (sentences: readonly Ranked[]): string =>
  joinSentences(sentences.toSorted((a, b) => a.order - b.order).map(({ sentence }) => withoutSo(sentence.plain)));

/** `So the short answer is no.` stands alone without its first word. */
const withoutSo = (plain: string): string =>
  concludes(plain) ? plain.replace(/^(?:So|Then),? (\p{L})/u, (_so, first: string) => first.toUpperCase()) : plain;

/** The first answer of a chat is the answer to its question, and mostly begins with it. */
function preferAnswer(one: Ranked): Ranked {
  const { message, place, plain } = one.sentence;
  const isFirst = message <= 1 && !isChatty(plain);
  const factor = (isFirst ? (place === 0 ? 2 : 1.25) : 1) * (concludes(plain) ? 1.35 : 1);
  return { ...one, score: one.score * factor };
}

/** The decision that says most by itself. */
function outcomeOf(ranked: readonly Ranked[], decided: ReadonlySet<string>, maxLength: number): Ranked | undefined {
  const candidates = ranked.filter(
    (one) =>
      decided.has(one.sentence.plain) &&
      one.sentence.plain.length <= maxLength &&
      isWhole(one.sentence.plain) &&
      !leansBack(one.sentence.plain),
  );
  return byScore(candidates)[0];
}

/** Joins sentences as their script does: with a space, or with nothing after a full-width stop. */
export function joinSentences(sentences: readonly string[]): string {
  return sentences.map(closed).reduce((text, next) => (/[。！？]$/u.test(text) ? text + next : `${text} ${next}`));
}

/** Shorter sentences answer the one before them. */
const isWhole = (plain: string): boolean => plain.length >= (isDense(plain) ? 14 : 28);

const standsAlone = ({ sentence: { plain, text } }: Ranked): boolean =>
  isWhole(plain) &&
  !leansBack(withoutSo(plain)) &&
  isClosed(plain) &&
  !/^you(?:r|'re|’re)?\b/i.test(plain) &&
  !LABELLED.test(text);

/** `**Remedy:** We wait.` answers a question of its own place. */
const LABELLED = /^\*\*[^*]{1,60}(?:[:：.]\*\*|\*\*\s*[:：—–-])/;

const closed = (sentence: string): string =>
  isClosed(sentence) ? sentence : `${sentence}${isDense(sentence) ? "。" : "."}`;
