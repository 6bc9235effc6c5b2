import { cutTo } from "./cut.ts";
import { isClosed, isDense, pickBest, type Ranked } from "./salience.ts";
import type { Sentence } from "./sentences.ts";
import { concludes, leansBack } from "./words/phrases.ts";

export interface Summary {
  readonly text: string;
  /** The sentences it was made of. */
  readonly from: readonly Ranked[];
}

/** In a chat with more decisions than this, none of them is what the chat was about. */
const MAX_DECISIONS = 3;

/** How much of the best sentence's score a second one must have. */
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
  const standing = short.filter(standsAlone);
  const choice = [standing, short].find((sentences) => sentences.length > 0);
  const outcome = decided.size > MAX_DECISIONS ? undefined : outcomeOf(ranked, decided, maxLength);
  if (choice === undefined) {
    const [best] = outcome === undefined ? pickBest(pool, 1) : [outcome];
    return best && { text: cutTo(best.sentence.plain, maxLength), from: [best] };
  }
  const byScore = choice.toSorted((a, b) => b.score - a.score || a.order - b.order);
  const [first] = byScore;
  if (first === undefined) return undefined;
  const partners = outcome === undefined ? pickBest(choice, 2).filter((one) => one !== first) : [outcome];
  const leads = outcome === undefined ? [first] : byScore;
  const worthy = leads.filter(({ score }) => score >= first.score * WORTH_IT);
  const pairs = worthy.flatMap((lead) => partners.map((partner) => ({ lead, partner })));
  const pair = pairs.find(
    ({ lead, partner }) =>
      (partner === outcome || partner.score >= first.score * WORTH_IT) && written([lead, partner]).length <= maxLength,
  );
  const from = pair === undefined ? [outcome ?? first] : [pair.lead, pair.partner];
  return { text: written(from), from: choice.length === 0 ? [] : ranked.filter((one) => isOneOf(one, from)) };
}

const isOneOf = (one: Ranked, others: readonly Ranked[]): boolean => others.some(({ order }) => order === one.order);

const written = (sentences: readonly Ranked[]): string =>
  joinSentences(sentences.toSorted((a, b) => a.order - b.order).map(({ sentence }) => withoutSo(sentence.plain)));

/** `So the short answer is no.` stands alone without its first word. */
const withoutSo = (plain: string): string =>
  concludes(plain) ? plain.replace(/^(?:So|Then),? (\p{L})/u, (_so, first: string) => first.toUpperCase()) : plain;

/** The first answer of a chat is the answer to its question, and mostly begins with it. */
function preferAnswer(one: Ranked): Ranked {
  const { message, place, plain } = one.sentence;
  const isFirst = message <= 1;
  const factor = (isFirst ? (place === 0 ? 1.7 : 1.25) : 1) * (concludes(plain) ? 1.35 : 1);
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
  return candidates.toSorted((a, b) => b.score - a.score || b.order - a.order)[0];
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
