import { ENGLISH_PHRASES } from "./english.ts";
import { JAPANESE_PHRASES } from "./japanese.ts";

/** How people of one language say certain things. Each list is tried on a whole sentence without Markdown. */
export interface Phrases {
  /** Greetings, praise, offers of help, announcements of what follows: polite, and empty. */
  readonly chatter: readonly RegExp[];
  /** Openings that make no sense without the sentence before. */
  readonly leansBack: readonly RegExp[];
  readonly question: readonly RegExp[];
  readonly request: readonly RegExp[];
  /** Requests that say what is to be done, understood without the chat around them. */
  readonly task: readonly RegExp[];
  /** What the heading above a list of decisions says. */
  readonly decisionHeading: readonly RegExp[];
  /** How people mark what it comes down to. */
  readonly conclusion: readonly RegExp[];
  /** A sentence that makes the next one of the same person a decision. */
  readonly settles: readonly RegExp[];
  readonly decision: readonly RegExp[];
  /** Decisions only when the person says them: an assistant uses the same words to explain. */
  readonly ownDecision?: readonly RegExp[];
}

// Every language is tried on every sentence: chats mix them, and the patterns do not meet.
const LANGUAGES: readonly Phrases[] = [ENGLISH_PHRASES, JAPANESE_PHRASES];

/** Longer sentences are text that somebody pasted, and cost the patterns too much. */
const MAX_SENTENCE_LENGTH = 600;

const says = (kind: keyof Phrases, sentence: string): boolean =>
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
