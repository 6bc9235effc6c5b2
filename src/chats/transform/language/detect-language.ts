/** Languages that can be told apart cheaply, by ISO 639-1 code. */
export type LanguageCode = LatinLanguage | ScriptLanguage;

type LatinLanguage = "en" | "de" | "fr" | "es" | "pt" | "it" | "nl";
type ScriptLanguage = "ja" | "ko" | "zh" | "ru" | "ar" | "he" | "el" | "th" | "hi";

/** Words that are frequent in one language and rare in the others. */
const STOP_WORDS: Readonly<Record<LatinLanguage, string>> = {
  en: "the and of to is that it for you with this are was not have be on as can",
  de: "der die und das ist nicht mit ein eine zu den von für auf sich es dem wird auch wenn",
  fr: "le les des est une du dans pour que qui pas sur avec ce sont vous au plus il elle",
  es: "el los las es una del por con para que como más pero su se lo al está son muy",
  pt: "os as é uma do da não com para que como mais mas se no na em são você muito",
  it: "il gli è una della di che per non con sono del nel anche più questo come ma alla dei",
  nl: "de het een van is dat niet op te zijn voor met die er ook als aan maar door bij",
};

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

const WORDS: readonly (readonly [LanguageCode, ReadonlySet<string>])[] = Object.entries(STOP_WORDS).map(
  ([code, words]) => [code as LanguageCode, new Set(words.split(" "))],
);

/** Shorter texts say too little. In letters. */
const LEAST_LETTERS = 60;
/** The share of a script among the letters from which the text counts as written in it. */
const MOST_OF_A_TEXT = 0.6;
/** A script with less than that and more than this makes the text one of two languages, and that is a doubt. */
const SOME_OF_A_TEXT = 0.12;

/** How many of the words have to be stop words of the language, and how many times as many as of any other. */
const LEAST_OF_WORDS = 0.08;
const CLEAR_LEAD = 1.5;

/** The language most of a text is in; `undefined` when in doubt. Code, links and Markdown's marks are not looked at. */
export function detectLanguage(markdown: string): LanguageCode | undefined {
  const text = proseOf(markdown);
  const letters = text.match(/\p{L}/gu)?.length ?? 0;
  if (letters < LEAST_LETTERS) return undefined;
  for (const [code, script] of SCRIPTS_IN_ORDER) {
    const share = (text.match(script)?.length ?? 0) / letters;
    if (share < SOME_OF_A_TEXT) continue;
    // Kana alone are few in Japanese: the rest is written in Chinese characters.
    const all = code === "ja" ? share + (text.match(SCRIPTS.zh)?.length ?? 0) / letters : share;
    return all >= MOST_OF_A_TEXT ? code : undefined;
  }
  return byWords(text.toLowerCase().match(/\p{L}+/gu) ?? []);
}

function byWords(words: readonly string[]): LanguageCode | undefined {
  const scores = WORDS.map(([code, set]) => ({ code, hits: words.filter((word) => set.has(word)).length })).sort(
    (a, b) => b.hits - a.hits,
  );
  const [best, second] = scores;
  if (best === undefined || best.hits < words.length * LEAST_OF_WORDS) return undefined;
  return best.hits >= (second?.hits ?? 0) * CLEAR_LEAD ? best.code : undefined;
}

const proseOf = (markdown: string): string =>
  markdown
    .replace(/^[^\S\n]*(`{3,}|~{3,})[\s\S]*?(?:^[^\S\n]*\1|(?![\s\S]))/gm, " ")
    .replace(/`[^`\n]*`/g, " ")
    .replace(/https?:\/\/\S+/g, " ");

/** Whether a text is the code of a language that can be told apart. */
export const isLanguageCode = (text: string): text is LanguageCode => text in STOP_WORDS || text in SCRIPTS;
