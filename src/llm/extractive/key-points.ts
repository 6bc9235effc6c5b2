import { pickBest, type Ranked } from "./salience.ts";
import type { Sentence } from "./sentences.ts";
import { isChatter } from "./words/phrases.ts";

/** A list this short is a comparison more often than not: it is quoted whole or not at all. */
const MAX_SHORT_LIST = 4;

/** A list longer than this is quoted only in its best items. */
const MAX_WHOLE_LIST = 12;

/**
 * The sentences a reader of the note needs most, in the order of the chat. Half a list misleads, so a list of which most
 * was picked is taken whole. `said` are sentences that stand elsewhere in the note; they count when little else is left.
 */
export function pickKeyPoints(
  ranked: readonly Ranked[],
  said: readonly Ranked[],
  sentences: readonly Sentence[],
): readonly Sentence[] {
  const others = ranked.filter((one) => !said.includes(one));
  const picked = new Set(
    pickBest(others.length >= 3 ? others : ranked, countFor(ranked.length)).map(({ sentence }) => sentence),
  );
  const whole = listsToComplete([...picked], sentences);
  return sentences.filter(
    (sentence) => picked.has(sentence) || (whole.has(sentence.list) && !isChatter(sentence.plain)),
  );
}

/** How many key points a chat gets: all of a short one, and twice as many for each fourfold length. */
const countFor = (statements: number): number => Math.min(24, Math.max(6, Math.round(2.4 * Math.sqrt(statements))));

function listsToComplete(picked: readonly Sentence[], sentences: readonly Sentence[]): ReadonlySet<number | undefined> {
  const total = countByList(sentences);
  const chosen = countByList(picked);
  return new Set(
    [...chosen].flatMap(([list, count]) => {
      const size = total.get(list) ?? count;
      return size <= MAX_SHORT_LIST || (size <= MAX_WHOLE_LIST && count >= size / 2) ? [list] : [];
    }),
  );
}

function countByList(sentences: readonly Sentence[]): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  for (const { list } of sentences) if (list !== undefined) counts.set(list, (counts.get(list) ?? 0) + 1);
  return counts;
}
