import { cutTo } from "./cut.ts";
import { isClosed, isDense, pickBest, type Ranked } from "./salience.ts";
import { leansBack } from "./words/phrases.ts";

export interface Summary {
  readonly text: string;
  /** The sentences it was made of. */
  readonly from: readonly Ranked[];
}

/** One or two whole sentences of at most `maxLength` UTF-16 units; a cut one only when none is short enough. */
export function summarise(ranked: readonly Ranked[], maxLength: number): Summary | undefined {
  const answers = ranked.filter(({ sentence }) => !sentence.asks);
  const pool = answers.length > 0 ? answers : ranked;
  const short = pool.filter((one) => one.sentence.plain.length <= maxLength);
  const standing = short.filter(standsAlone);
  const choice = [standing, short].find((sentences) => sentences.length > 0);
  if (choice === undefined) {
    const [best] = pickBest(pool, 1);
    return best && { text: cutTo(best.sentence.plain, maxLength), from: [best] };
  }
  const [first, second] = pickBest(choice, 2).toSorted((a, b) => b.score - a.score);
  if (first === undefined) return undefined;
  const isWorthIt = second !== undefined && second.score > first.score * 0.55;
  const both = isWorthIt ? [first, second].toSorted((a, b) => a.order - b.order) : [first];
  const text = joinSentences(both.map(({ sentence }) => sentence.plain));
  return text.length <= maxLength ? { text, from: both } : { text: first.sentence.plain, from: [first] };
}

/** Joins sentences as their script does: with a space, or with nothing after a full-width stop. */
export function joinSentences(sentences: readonly string[]): string {
  return sentences.map(closed).reduce((text, next) => (/[。！？]$/u.test(text) ? text + next : `${text} ${next}`));
}

const standsAlone = ({ sentence: { plain, text } }: Ranked): boolean =>
  !leansBack(plain) && isClosed(plain) && !/^you(?:r|'re|’re)?\b/i.test(plain) && !LABELLED.test(text);

/** `**Decision:** We wait.` answers a question of its own place. */
const LABELLED = /^\*\*[^*]{1,60}(?:[:：]\*\*|\*\*\s*[:：—–-])/;

const closed = (sentence: string): string =>
  isClosed(sentence) ? sentence : `${sentence}${isDense(sentence) ? "。" : "."}`;
