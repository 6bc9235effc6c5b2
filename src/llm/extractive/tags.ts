import type { TermFacts, Topic } from "./topic.ts";
import { isWeak } from "./terms.ts";

export interface ChooseTagsOptions {
  /** @default 5 */
  readonly max?: number;
  /** Languages of the chat's code, as tags. */
  readonly languages?: readonly string[];
}

/** With this many tags, words that were said only once in passing are left out. */
const ENOUGH = 3;

interface Candidate {
  /** Said more than once, or in the title or a question, or written like a name. */
  readonly isSure: boolean;
  readonly tag: string;
  readonly score: number;
  readonly words: readonly string[];
}

/** The terms that name a chat best, as tags: lower case, no spaces, no `#`, never only digits. May be fewer than `max`. */
export function chooseTags(topic: Topic, options: ChooseTagsOptions = {}): readonly string[] {
  const { max = 5, languages = [] } = options;
  const found = [...singles(topic), ...pairs(topic)].filter(({ tag }) => isTag(tag));
  const best = found.reduce((most, { score }) => Math.max(most, score), 1);
  const candidates = [...found, ...languages.map((tag) => ofLanguage(tag, best))].toSorted(
    (a, b) => Number(b.isSure) - Number(a.isSure) || b.score - a.score,
  );
  const chosen: Candidate[] = [];
  for (const candidate of candidates) {
    if (chosen.length >= (candidate.isSure ? max : Math.min(max, ENOUGH))) break;
    if (!chosen.some((other) => overlaps(candidate, other))) chosen.push(candidate);
  }
  return chosen.map(({ tag }) => tag);
}

/** Behind the best terms, before those that were said a few times. */
const ofLanguage = (tag: string, best: number): Candidate => ({ tag, score: best * 0.55, words: [tag], isSure: true });

/** What the title names is what the chat is about. */
const TITLE_FACTOR = 1.5;

function singles(topic: Topic): readonly Candidate[] {
  return [...topic.terms.values()].flatMap((facts) =>
    isConcrete(facts)
      ? [
          {
            tag: tagOf(facts.key),
            score: topic.weightOf(facts.key) * shapeOf(facts) * (facts.inTitle ? TITLE_FACTOR : 1),
            words: [facts.key],
            isSure: isSure(facts),
          },
        ]
      : [],
  );
}

/** Two words that come together most of the time are one name: `connection pool`. */
function pairs(topic: Topic): readonly Candidate[] {
  return [...topic.pairs].flatMap(([pair, count]) => {
    const words = pair.split(" ");
    const facts = words.map((word) => topic.terms.get(word)).filter((found) => found !== undefined);
    const isName = facts.every(({ inTitle, named }) => inTitle || named > 0);
    const rarest = Math.min(...facts.map((word) => word.count));
    const inTitle = topic.titlePairs.has(pair);
    const isWholeTitle = inTitle && topic.titlePairs.size === 1 && topic.titleTerms === 2;
    const isTogether = count >= Math.max(isName ? 2 : 3, rarest * 0.6) && facts.every(({ key }) => isPairable(key));
    const isOfTitle = inTitle && (count >= 2 || facts.every(({ key }) => !isWeak(key))) && words.every(isNounLike);
    if (facts.length < 2 || !(isTogether || isWholeTitle || isOfTitle)) return [];
    const score = Math.max(...words.map((word) => topic.weightOf(word))) * 1.15 * (inTitle ? TITLE_FACTOR : 1);
    return [{ tag: tagOf(words.join("-")), score, words, isSure: true }];
  });
}

const isSure = ({ count, named, inTitle, inQuestions }: TermFacts): boolean =>
  count > 1 || named > 0 || inTitle || inQuestions;

const isNounLike = (key: string): boolean => !/(?:ly|[^e]ed|ing)$/.test(key);

const isPairable = (key: string): boolean => !isWeak(key) && !/(?:ly|[^e]ed)$/.test(key);

const isConcrete = ({ key, count, inTitle, named, nouns }: TermFacts): boolean => {
  if (isWeak(key)) return false;
  if (/^\p{Script=Latin}+$/u.test(key) && !inTitle && named === 0) {
    return nouns > 0 && key.length >= 4 && !/(?:ly|[^e]ed|n't)$/.test(key) && (count > 1 || !key.endsWith("ing"));
  }
  return key.length >= 2;
};

/** Names make better tags than words; so do longer Japanese words than short ones. */
function shapeOf({ key, count, named }: TermFacts): number {
  if (/\p{Script=Han}|\p{Script=Katakana}/u.test(key)) return key.length >= 3 ? 1.2 : 0.9;
  return named / count > 0.5 ? 1.3 : 1;
}

const SPELLINGS: ReadonlyMap<string, string> = new Map([
  ["c#", "csharp"],
  ["f#", "fsharp"],
  ["c++", "cpp"],
]);

const tagOf = (term: string): string =>
  SPELLINGS.get(term) ??
  term
    .replace(/\.js$/, "js")
    .replace(/[^\p{L}\p{M}\p{N}_-]+/gu, "-")
    .replace(/-{2,}/g, "-")
    .replace(/^[-_\p{M}]+|[-_]+$/gu, "");

const isTag = (tag: string): boolean =>
  Array.from(tag).length >= 2 && /\p{L}/u.test(tag) && !NO_TAGS.some((pattern) => pattern.test(tag));

/** Versions, sizes, files, placeholders, and single letters such as those of `I/O`. */
const NO_TAGS: readonly RegExp[] = [
  /^\d{2,}-/,
  /^(.)\1+$/u,
  /^(?:y+|m+|d+|h+|s+|n+|x+)(?:-(?:y+|m+|d+|h+|s+|n+|x+))+$/,
  /-(?:md|txt|json|log|db|csv|ya?ml|html?|png|jpe?g|pdf|ini|conf)$/,
  /^v?\d+(?:-\d+)*[a-z]{0,3}$/,
  /^(?:[\p{L}\p{N}]-)+[\p{L}\p{N}]$/u,
];

/** Whether two candidates say the same: one inside the other, or singular and plural. */
function overlaps(a: Candidate, b: Candidate): boolean {
  if (a.words.some((word) => b.words.some((other) => stem(word) === stem(other)))) return true;
  const [short, long] = a.tag.length <= b.tag.length ? [a.tag, b.tag] : [b.tag, a.tag];
  return /\p{Script=Han}|\p{Script=Katakana}/u.test(long) ? long.includes(short) : long.split("-").includes(short);
}

/** Enough to bring `index`, `indexes`, `indexing` and `queries`, `query` together. */
const stem = (word: string): string => word.replace(/ies$/, "y").replace(/(?<=\w{3})(?:ing|es|s|e|ed)$/, "");
