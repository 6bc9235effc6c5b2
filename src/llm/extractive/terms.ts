import { ENGLISH_STOP_WORDS, ENGLISH_WEAK_WORDS } from "./words/english.ts";
import { JAPANESE_WEAK_WORDS } from "./words/japanese.ts";
import { MEASURES } from "./words/measures.ts";
import { FUNCTION_WORDS, withoutLast } from "../../text/index.ts";

/** A word of a text that can say what the text is about. */
export interface Term {
  /** Normalised (NFKC) and in lower case. */
  readonly key: string;
  /** Written like a name: capitals inside a sentence, digits, dots. */
  readonly isName: boolean;
  /** Whether it is used like a noun: `the socket is`. In languages other than English every term counts as one. */
  readonly isNoun: boolean;
  /** The previous term stands directly before it, with nothing but a space between. */
  readonly follows: boolean;
}

/** Reads the terms of a plain text, in order; stop words are left out, weak words are not. */
export type TermReader = (plain: string) => readonly Term[];

const SPACED_WORD = /[\p{L}\p{N}][\p{L}\p{M}\p{N}_'’.+#&/-]*/gu;
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}々〆ヶー]+/gu;
/** Two verbs in kanji that made a noun, where the platform's dictionary cuts them: `作り置き`. */
const VERBAL_NOUN =
  /\p{Script=Han}{1,2}[いきぎしちびみりえけげせてねべめれ]\p{Script=Han}{1,2}[いきしちりみけえれ]?(?=[のをがはにでとも]|$|[^\p{Script=Hiragana}\p{Script=Han}])/gu;
/** A Japanese compound noun: kanji and katakana in one run, with a Latin name before it perhaps. */
const COMPOUND =
  /(?<!\p{Script=Han}[いきぎしちびみりえけげせてねべめれ])[A-Za-z0-9]{0,20}[\p{Script=Han}\p{Script=Katakana}々ー]{2,}/gu;
const URL_OR_PATH = /(?:https?:\/\/|www\.)\S+|(?:~|\.{1,2})?(?:\/[\w.@-]+){2,}\/?/g;
const MAX_TERM_LENGTH = 32;

/** Makes the reader for texts mainly in one language. Latin words are read in every text. Each text is read once and remembered. */
export function termReader(language: string): TermReader {
  const segmenter = new Intl.Segmenter(language, { granularity: "word" });
  const functionWords = FUNCTION_WORDS[language];
  const isStop = (key: string): boolean => ENGLISH_STOP_WORDS.has(key) || functionWords?.has(key) === true;
  const known = new Map<string, readonly Term[]>();
  const readNew = (plain: string): readonly Term[] => {
    const text = plain.normalize("NFKC").replace(URL_OR_PATH, " | ");
    const spaced = readSpaced(text.replace(UNSPACED, " | "), isStop, language);
    const unspaced = (text.match(UNSPACED) ?? []).flatMap((run) => readUnspaced(run, segmenter, language));
    const words = new Set(unspaced);
    const compounds =
      language === "ja"
        ? [...(text.match(COMPOUND) ?? []).filter(isCompound), ...(text.match(VERBAL_NOUN) ?? [])].filter(
            (run) => !words.has(run),
          )
        : [];
    return [...spaced, ...[...unspaced, ...compounds].filter((word) => !isStop(word)).map(asTerm)];
  };
  return (plain) => {
    const terms = known.get(plain) ?? readNew(plain);
    known.set(plain, terms);
    return terms;
  };
}

/** Whether a term is too common to be a tag. */
export const isWeak = (key: string): boolean =>
  JAPANESE_WEAK_WORDS.has(key) ||
  MEASURES.has(key) ||
  /^\p{Script=Hiragana}+$/u.test(key) ||
  /.的$/u.test(key) ||
  baseForms(key).some((form) => ENGLISH_WEAK_WORDS.has(form) || MEASURES.has(form));

/** What an English word may be a form of: `managing` of `manage`, `tries` of `try`. */
const baseForms = (word: string): readonly string[] => [
  word,
  word.replace(/s$/, ""),
  word.replace(/es$/, ""),
  word.replace(/ies$/, "y"),
  word.replace(/(?:ing|ed)$/, ""),
  word.replace(/(?:ing|ed)$/, "e"),
];

const asTerm = (word: string): Term => ({
  key: word.toLowerCase(),
  isName: /[A-Za-z]/.test(word),
  isNoun: true,
  follows: false,
});

/** Words between which, and the end of a phrase, an English noun stands. */
const BEFORE_NOUN =
  /(?:^|[^\p{L}])(?:the|an?|each|every|no|any|some|my|your|our|their|its|this|that|of|in|on|with|from|for|per|without|than|into|between|and|or|as|by|more|enough|many|few|most|all|two|three|four|\d{1,6}) $/iu;
const AFTER_WORD = /^ (\p{L}+)/u;

function readSpaced(text: string, isStop: (key: string) => boolean, language: string): readonly Term[] {
  const terms: Term[] = [];
  let end = -1;
  for (const { 0: found, index } of text.matchAll(SPACED_WORD)) {
    const word = withoutTail(withoutParticle(found.replace(/['’]s$/i, "")));
    const key = word.toLowerCase();
    const isTerm =
      key.length >= 2 && key.length <= MAX_TERM_LENGTH && /\p{L}/u.test(key) && !isStop(key.replace("’", "'"));
    if (isTerm) {
      const isInside =
        /^\p{Lu}/u.test(word) && index > 0 && !/[.!?:|]\s*$/.test(text.slice(Math.max(0, index - 3), index));
      const isName = isInside || /.\p{Lu}|\d/u.test(word) || /[.+#]/.test(word);
      const follower = AFTER_WORD.exec(text.slice(index + found.length, index + found.length + MAX_TERM_LENGTH))?.[1];
      const isNoun =
        language !== "en" ||
        (BEFORE_NOUN.test(text.slice(Math.max(0, index - 10), index)) &&
          (follower === undefined || found !== word || isStop(follower.toLowerCase())));
      terms.push({ key, isName, isNoun, follows: index === end + 1 && text[end] === " " });
    }
    end = isTerm ? index + found.length : -1;
    if (found.length !== word.length && isTerm) end = -1;
  }
  return terms;
}

/** Korean writes its particles onto the noun; verbs, which end in a few known syllables, are no terms. */
function withoutParticle(word: string): string {
  if (!/^\p{Script=Hangul}+$/u.test(word)) return word;
  if (/(?:니다|니까|세요|하나요|나요|어요|아요|해서|하여|하는|하고)$/u.test(word)) return "";
  return word.replace(/(?:에서|으로|에게|까지|부터|은|는|이|가|을|를|의|에|로|와|과|도)$/u, (particle, at: number) =>
    at >= 2 ? "" : particle,
  );
}

/** A word without the marks behind it, but for those of `C++` and `C#`. */
function withoutTail(word: string): string {
  const bare = withoutLast(word, /[._'’&/+#-]/);
  return bare + (/^(?:\+\+|#)/.exec(word.slice(bare.length))?.[0] ?? "");
}

/** Japanese keeps its words with a kanji or katakana; short ones of other scripts without spaces are mostly grammar. */
function readUnspaced(run: string, words: Intl.Segmenter, language: string): readonly string[] {
  const found: string[] = [];
  for (const { segment, isWordLike } of words.segment(run)) {
    if (isWordLike !== true || segment.length < 2 || segment.length > MAX_TERM_LENGTH) continue;
    if (language === "ja" ? JAPANESE_NOUN.test(segment) : true) found.push(segment);
  }
  return found;
}

/** Kanji and katakana, or two kanji verbs that made a noun: `買い物`, `取り扱い`. */
const JAPANESE_NOUN =
  /^(?:[\p{Script=Han}\p{Script=Katakana}々ー]+|\p{Script=Han}+\p{Script=Hiragana}{1,2}\p{Script=Han}+[いきしちりみけえれ]?)$/u;

/** Longer runs of kanji are clauses or names nobody searches for. Runs that are one word are read as a word already. */
const isCompound = (run: string): boolean => {
  const letters = run.replace(/^[A-Za-z0-9]+/, "");
  return run.length >= 3 && run.length <= 12 && /\p{Script=Han}/u.test(letters) && !/^\d/.test(run);
};
