import { withoutFenced } from "./fence.ts";
import { FUNCTION_WORDS } from "./function-words.ts";

/** Languages that can be told apart cheaply, by ISO 639-1 code. */
export type LanguageCode = LatinLanguage | ScriptLanguage;

type LatinLanguage = "en" | "de" | "fr" | "es" | "pt" | "it" | "nl";
type ScriptLanguage = "ja" | "ko" | "zh" | "ru" | "ar" | "he" | "el" | "th" | "hi";

const LATIN: readonly LatinLanguage[] = ["en", "de", "fr", "es", "pt", "it", "nl"];

/** Scripts that belong to one language, or to so few that a wrong guess harms nobody. */
const SCRIPTS: Readonly<Record<ScriptLanguage, RegExp>> = {
  ja: /[\p{Script=Hiragana}\p{Script=Katakana}]/gu,
  ko: /\p{Script=Hangul}/gu,
  zh: /\p{Script=Han}/gu,
  ru: /\p{Script=Cyrillic}/gu,
  ar: /\p{Script=Arabic}/gu,
  he: /\p{Script=Hebrew}/gu,
  el: /\p{Script=Greek}/gu,
  th: /\p{Script=Thai}/gu,
  hi: /\p{Script=Devanagari}/gu,
};

const SCRIPTS_IN_ORDER = Object.entries(SCRIPTS) as readonly (readonly [ScriptLanguage, RegExp])[];

/** Whether a text is the code of a language that can be told apart. */
export const isLanguageCode = (text: string): text is LanguageCode =>
  Object.hasOwn(SCRIPTS, text) || LATIN.some((code) => code === text);

const count = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0;

const wordsOf = (text: string): readonly string[] => text.toLowerCase().match(/\p{L}+/gu) ?? [];

/** The shortest text that is judged. In letters. */
const LEAST_LETTERS = 60;
/** The share of a script among the letters from which the text counts as written in it. */
const MOST_OF_A_TEXT = 0.6;
/** A script with a share between this and that makes the text ambiguous. */
const SOME_OF_A_TEXT = 0.12;

/** The language most of a text is in; `undefined` when in doubt. Code, links and Markdown's marks are not looked at. */
export function detectLanguage(markdown: string): LanguageCode | undefined {
  const text = proseOf(markdown);
  const letters = count(text, /\p{L}/gu);
  if (letters < LEAST_LETTERS) return undefined;
  for (const [code, script] of SCRIPTS_IN_ORDER) {
    const share = count(text, script) / letters;
    if (share < SOME_OF_A_TEXT) continue;
    // Kana alone are few in Japanese: the rest is written in Chinese characters.
    const all = code === "ja" ? share + count(text, SCRIPTS.zh) / letters : share;
    return all >= MOST_OF_A_TEXT ? code : undefined;
  }
  return byWords(wordsOf(text));
}

const proseOf = (markdown: string): string =>
  withoutFenced(markdown)
    .replace(/`[^`\n]*`/g, " ")
    .replace(/https?:\/\/\S+/g, " ");

/** By a word that is a function word of one of these languages alone, that language. */
const LANGUAGE_OF_WORD: ReadonlyMap<string, LatinLanguage | undefined> = (() => {
  const languages = new Map<string, LatinLanguage | undefined>();
  for (const code of LATIN) {
    for (const word of FUNCTION_WORDS[code] ?? []) languages.set(word, languages.has(word) ? undefined : code);
  }
  return languages;
})();

/** How many of the words have to be function words of the language, and how many times as many as of any other. */
const LEAST_OF_WORDS = 0.08;
const CLEAR_LEAD = 1.5;

function byWords(words: readonly string[]): LanguageCode | undefined {
  const hits = new Map<LatinLanguage, number>();
  for (const word of words) {
    const code = LANGUAGE_OF_WORD.get(word);
    if (code !== undefined) hits.set(code, (hits.get(code) ?? 0) + 1);
  }
  const [best, second] = [...hits].toSorted(([, a], [, b]) => b - a);
  if (best === undefined || best[1] < words.length * LEAST_OF_WORDS) return undefined;
  return best[1] >= (second?.[1] ?? 0) * CLEAR_LEAD ? best[0] : undefined;
}

/** How much of a text is looked at for a guess: a chat does not change its language after that. */
const SAMPLE_LENGTH = 20_000;
/** Scripts with this share of the letters make a text one of their language: the rest may be names of things. */
const GUESSED_SHARE = 0.3;
/** Japanese and Chinese need less: one of their letters says as much as five Latin ones. */
const DENSE_SHARE = 0.15;
/** The share of kana among the letters of a Japanese text. */
const KANA_SHARE = 0.1;

/** The language of a prose text, short or mixed as it may be: a guess, English when nothing speaks for another. */
export function likelyLanguage(text: string): LanguageCode {
  const sample = text.slice(0, SAMPLE_LENGTH);
  const letters = count(sample, /\p{L}/gu);
  if (letters === 0) return "en";
  const kana = count(sample, SCRIPTS.ja);
  const han = count(sample, SCRIPTS.zh);
  if ((kana + han) / letters >= DENSE_SHARE) return kana / (kana + han) >= KANA_SHARE ? "ja" : "zh";
  const ofScript = SCRIPTS_IN_ORDER.find(
    ([code, script]) => code !== "ja" && code !== "zh" && count(sample, script) / letters >= GUESSED_SHARE,
  );
  return ofScript?.[0] ?? likelyByWords(wordsOf(sample));
}

/** Languages other than English need a fair share of their function words. */
function likelyByWords(words: readonly string[]): LanguageCode {
  let best: { readonly code: LanguageCode; readonly share: number } = {
    code: "en",
    share: Math.max(0.15, shareOf(words, FUNCTION_WORDS["en"])),
  };
  for (const [code, marks] of Object.entries(FUNCTION_WORDS)) {
    const share = shareOf(words, marks);
    if (share > best.share && isLanguageCode(code)) best = { code, share };
  }
  return best.code;
}

const shareOf = (words: readonly string[], marks: ReadonlySet<string> = new Set()): number =>
  words.length === 0 ? 0 : words.filter((word) => marks.has(word)).length / words.length;
