import { ENGLISH_PHRASES } from "./english.ts";
import { JAPANESE_PHRASES } from "./japanese.ts";
import type { PhraseLists } from "./phrase-lists.ts";

// Every language is tried on every sentence: chats mix them, and the patterns do not meet.
const LANGUAGES: readonly PhraseLists[] = [ENGLISH_PHRASES, JAPANESE_PHRASES];

/** Longer sentences are pasted text, and cost the patterns too much. */
const MAX_SENTENCE_LENGTH = 600;

const says = (kind: keyof PhraseLists, sentence: string): boolean =>
  sentence.length <= MAX_SENTENCE_LENGTH &&
  LANGUAGES.some((phrases) => phrases[kind]?.some((pattern) => pattern.test(sentence)) === true);

/** Whether a sentence is polite noise. */
export const isChatter = (sentence: string): boolean => says("chatter", sentence);

/** Whether a sentence needs the one before it to be understood. */
export const leansBack = (sentence: string): boolean => says("leansBack", sentence);

/** Whether a sentence asks something, in any language that uses a question mark. */
export const isQuestion = (sentence: string): boolean =>
  /[?？؟]["'”」』）)\]]*$/u.test(sentence) || says("question", sentence);

/** Whether a sentence asks for something to be done. */
export const isRequest = (sentence: string): boolean => says("request", sentence);

/** Whether a sentence asks for something to be done, and says what. */
export const isTask = (sentence: string): boolean => says("task", sentence);

/** Whether what stands under a heading are decisions. */
export const isDecisionHeading = (heading: string): boolean => says("decisionHeading", heading);

/** Whether a sentence says what it comes down to, or what its speaker would do. */
export const concludes = (sentence: string): boolean => says("conclusion", sentence);

/** Whether a sentence makes the next one a decision: "Agreed." */
export const settles = (sentence: string): boolean => says("settles", sentence);

/** Whether a sentence says what was decided. `own` is for sentences of the person, not of the assistant. */
export const isDecision = (sentence: string, { own }: { readonly own: boolean }): boolean =>
  !isQuestion(sentence) && (says("decision", sentence) || (own && says("ownDecision", sentence)));
