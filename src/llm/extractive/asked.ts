import { isFragment, type Ranked } from "./salience.ts";
import type { Sentence } from "./sentences.ts";
import { isChatter, isDecision, isQuestion, isRequest } from "./words/phrases.ts";

const MAX_QUESTIONS = 30;
const MAX_PER_MESSAGE = 3;
const MAX_DECISIONS = 30;
const MAX_LENGTH = 400;

/** What the person asked, or asked for, in order and each once. */
export function findQuestions(sentences: readonly Sentence[]): readonly Sentence[] {
  const own = sentences.filter(({ asks, plain }) => asks && isSubstantial(plain));
  const asked = own.filter(({ plain }) => isQuestion(plain) || (isRequest(plain) && !isChatter(plain)));
  const perMessage = new Map<number, number>();
  const found = unique(asked).filter(({ message }) => {
    const before = perMessage.get(message) ?? 0;
    perMessage.set(message, before + 1);
    return before < MAX_PER_MESSAGE;
  });
  return found.slice(0, MAX_QUESTIONS);
}

/** Sentences in which something is decided, in order and each once. */
export function findDecisions(sentences: readonly Sentence[]): readonly Sentence[] {
  const decided = sentences.filter(
    ({ plain, asks }) => isSubstantial(plain) && !/[:：]$/.test(plain) && isDecision(plain, { own: asks }),
  );
  return unique(decided).slice(0, MAX_DECISIONS);
}

/** The ranked sentences that are not quoted in another section. */
export function exceptThese(ranked: readonly Ranked[], taken: readonly Sentence[]): readonly Ranked[] {
  const texts = new Set(taken.map(({ plain }) => plain));
  return ranked.filter(({ sentence }) => !texts.has(sentence.plain));
}

const isSubstantial = (plain: string): boolean => plain.length >= 6 && plain.length <= MAX_LENGTH && !isFragment(plain);

function unique(sentences: readonly Sentence[]): readonly Sentence[] {
  const seen = new Set<string>();
  return sentences.filter(({ plain }) => {
    const key = plain.toLowerCase().replace(/[\s\p{P}]/gu, "");
    return key !== "" && !seen.has(key) && seen.add(key) !== undefined;
  });
}
