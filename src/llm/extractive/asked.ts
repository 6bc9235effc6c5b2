import { isFragment } from "./salience.ts";
import type { Sentence } from "./sentences.ts";
import { isWeak, type TermReader } from "./terms.ts";
import type { Topic } from "./topic.ts";
import { isChatter, isDecision, isDecisionHeading, isQuestion, isRequest, isTask, settles } from "./words/phrases.ts";

const MAX_QUESTIONS = 12;
const MAX_PER_MESSAGE = 3;
const MAX_DECISIONS = 50;
const MAX_LENGTH = 400;

/**
 * What the person asked, and what was to be done in messages that ask nothing, in order and each once. Of very many
 * those that say most.
 */
export function findQuestions(sentences: readonly Sentence[], topic: Topic, read: TermReader): readonly Sentence[] {
  const own = unique(sentences.filter(({ asks, plain }) => asks && isSubstantial(plain)));
  const questions = own.filter(({ plain }) => isQuestion(plain) && !isElliptical(plain) && read(plain).length > 0);
  const asking = new Set(questions.map(({ message }) => message));
  const tasks = own.filter(
    ({ plain, message }) =>
      !asking.has(message) && !isQuestion(plain) && isTask(plain) && !isChatter(plain) && namesThing(plain, read),
  );
  const perMessage = new Map<number, number>();
  const found = [...questions, ...tasks].filter(({ message }) => {
    const before = perMessage.get(message) ?? 0;
    perMessage.set(message, before + 1);
    return before < MAX_PER_MESSAGE;
  });
  const best = new Set(
    found.toSorted((a, b) => matter(b, topic, read) - matter(a, topic, read)).slice(0, MAX_QUESTIONS),
  );
  return sentences.filter((sentence) => best.has(sentence));
}

const matter = ({ plain }: Sentence, topic: Topic, read: TermReader): number =>
  [...new Set(read(plain).map(({ key }) => key))]
    .filter((key) => !isWeak(key))
    .reduce((sum, key) => sum + topic.weightOf(key), 0);

/** Whether a request is about something: two words that are not said in every chat. */
const namesThing = (plain: string, read: TermReader): boolean =>
  read(plain).filter(({ key }) => !isWeak(key)).length >= 2;

/** `And in the format of our runbook?` asks something only after the question before it. */
const isElliptical = (plain: string): boolean =>
  /^(?:can|could|would) you (?:please )?help\b.{0,24}\?$/i.test(plain) ||
  /^(?:and |or |but )?(?:in|for|with|as|on|at|by|from|the|then) (?!(?:which|what|whom|whose)\b)[^,]*\?$/i.test(plain);

/** Sentences in which something is decided, in order and each once. */
export function findDecisions(sentences: readonly Sentence[]): readonly Sentence[] {
  const decided = sentences.filter((sentence, at) => {
    const before = sentences[at - 1];
    return isSubstantial(sentence.plain) && !/[:：]$/.test(sentence.plain) && decides(sentence, before);
  });
  return unique(decided)
    .slice(0, MAX_DECISIONS)
    .map((one) => (one.heading !== undefined && isDecisionHeading(one.heading) ? { ...one, heading: undefined } : one));
}

function decides(sentence: Sentence, before: Sentence | undefined): boolean {
  const { plain, asks, heading, block, message } = sentence;
  if (isDecision(plain, { own: asks })) return true;
  if (isQuestion(plain)) return false;
  if (heading !== undefined && isDecisionHeading(heading) && before?.block !== block) return true;
  return asks && !isRequest(plain) && before?.message === message && settles(before.plain);
}

const isSubstantial = (plain: string): boolean => plain.length >= 6 && plain.length <= MAX_LENGTH && !isFragment(plain);

function unique(sentences: readonly Sentence[]): readonly Sentence[] {
  const seen = new Set<string>();
  return sentences.filter(({ plain }) => {
    const key = plain.toLowerCase().replace(/[\s\p{P}]/gu, "");
    return key !== "" && !seen.has(key) && seen.add(key) !== undefined;
  });
}
