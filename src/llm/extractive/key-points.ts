import { isClosed, repeats, type Ranked } from "./salience.ts";
import type { Sentence } from "./sentences.ts";
import { joinSentences } from "./summary.ts";
import { isChatter, isQuestion, leansBack } from "./words/phrases.ts";

/** A list this short is a comparison more often than not: it is quoted whole or not at all. */
const MAX_SHORT_LIST = 4;

/** A list item longer than this, in UTF-16 units, is quoted in its best sentence alone. */
const MAX_ITEM_LENGTH = 300;

/** By how many a short list may exceed the number of key points. */
const SLACK = 2;

/** With fewer good sentences than this, any that state something will do. */
const ENOUGH = 4;

export interface PickKeyPointsOptions {
  /** Sentences of the summary: they count when little else is left. */
  readonly inSummary: readonly Ranked[];
  /** Plain texts that stand elsewhere in the note. */
  readonly elsewhere: ReadonlySet<string>;
}

/**
 * The few sentences a reader of the note needs most, in the order of the chat. A list item is quoted with all its
 * sentences that say something, and half a short list misleads, so a short list is quoted whole.
 */
export function pickKeyPoints(
  ranked: readonly Ranked[],
  sentences: readonly Sentence[],
  { inSummary, elsewhere }: PickKeyPointsOptions,
): readonly Sentence[] {
  const open = ranked.filter(({ sentence }) => !elsewhere.has(sentence.plain));
  const fresh = open.filter((one) => !inSummary.includes(one));
  const good = fresh.filter(isGood);
  const pool = [good, fresh.filter(standsAlone), fresh, open].find(({ length }) => length >= ENOUGH) ?? open;
  const rich = new Set(ranked.flatMap(({ sentence, things }) => (things >= 2 ? [sentence] : [])));
  const items = itemsByBlock(sentences);
  const lists = itemsByList(items, elsewhere);
  const count = countFor(ranked.length);

  const picked: Ranked[] = [];
  const blocks = new Map<number, Sentence>();
  const quoted = new Map<Sentence, Sentence>();
  const said = new Set<string>();
  for (const one of pool.toSorted((a, b) => b.score - a.score || a.order - b.order)) {
    if (quoted.size >= count) break;
    const { sentence } = one;
    const list = sentence.list === undefined ? undefined : lists.get(sentence.list);
    if (blocks.has(sentence.block) || picked.some((other) => repeats(one, other))) continue;
    const isShort = list !== undefined && list.length <= MAX_SHORT_LIST;
    const wanted = isShort ? list : [sentence];
    if (isShort ? quoted.size + list.length > count + SLACK : list !== undefined && !isOwnStatement(sentence)) continue;
    picked.push(one);
    for (const member of wanted) {
      if (said.has(member.plain)) continue;
      said.add(member.plain);
      if (member.list !== undefined) blocks.set(member.block, member);
      quoted.set(member, member.list === undefined ? member : wholeItem(member, items.get(member.block) ?? [], rich));
    }
  }
  return sentences.flatMap((sentence) => quoted.get(sentence) ?? []);
}

/** How many key points a chat gets: few, and a very long chat some more. */
const countFor = (statements: number): number =>
  Math.min(
    12,
    Math.max(Math.min(8, Math.max(4, Math.round(1.8 * Math.sqrt(statements)))), Math.round(statements / 40)),
  );

const standsAlone = ({ sentence }: Ranked): boolean => sentence.list !== undefined || !leansBack(sentence.plain);

const isGood = (one: Ranked): boolean => one.isInformative && standsAlone(one);

/** Items of a long list are often no more than names: only one that is a sentence says something alone. */
const isOwnStatement = ({ plain }: Sentence): boolean => isClosed(plain);

function itemsByBlock(sentences: readonly Sentence[]): ReadonlyMap<number, readonly Sentence[]> {
  const items = new Map<number, Sentence[]>();
  for (const sentence of sentences) {
    if (sentence.list === undefined) continue;
    const item = items.get(sentence.block);
    if (item) item.push(sentence);
    else items.set(sentence.block, [sentence]);
  }
  return items;
}

/** The first sentence of each item that is free to be quoted. */
function itemsByList(
  items: ReadonlyMap<number, readonly Sentence[]>,
  elsewhere: ReadonlySet<string>,
): ReadonlyMap<number, readonly Sentence[]> {
  const lists = new Map<number, Sentence[]>();
  for (const [first, ...others] of items.values()) {
    if (first?.list === undefined || isChatter(first.plain) || isQuestion(first.plain)) continue;
    if ([first, ...others].some(({ plain }) => elsewhere.has(plain))) continue;
    const list = lists.get(first.list);
    if (list) list.push(first);
    else lists.set(first.list, [first]);
  }
  return lists;
}

/** An item may begin with the name of a thing and a stop: what follows it is then the statement. */
const MAX_NAME_LENGTH = 20;

/** An item without its questions and without what says nothing: `Photos rarely change.` */
function wholeItem(member: Sentence, all: readonly Sentence[], rich: ReadonlySet<Sentence>): Sentence {
  const item = all.filter(
    (one, at) =>
      one === member ||
      (!isQuestion(one.plain) && (rich.has(one) || (at === 1 && member.plain.length < MAX_NAME_LENGTH))),
  );
  const length = item.reduce((sum, { text }) => sum + text.length, 0);
  if (item.length < 2 || length > MAX_ITEM_LENGTH) return member;
  const textOf = (field: "text" | "plain"): string => joinSentences(item.map((sentence) => sentence[field]));
  return { ...member, text: textOf("text"), plain: textOf("plain") };
}
