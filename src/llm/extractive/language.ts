import { FUNCTION_WORDS } from "./words/other-languages.ts";

/** How much of a text is looked at: a chat does not change its language after that. */
const SAMPLE_LENGTH = 20_000;

/** Scripts, with the language that is assumed when most letters belong to one. Latin is told apart by its function words. */
const LANGUAGE_OF_SCRIPT: readonly (readonly [script: RegExp, language: string])[] = [
  [/\p{Script=Hangul}/gu, "ko"],
  [/\p{Script=Cyrillic}/gu, "ru"],
  [/\p{Script=Arabic}/gu, "ar"],
  [/\p{Script=Hebrew}/gu, "he"],
  [/\p{Script=Thai}/gu, "th"],
  [/\p{Script=Devanagari}/gu, "hi"],
  [/\p{Script=Greek}/gu, "el"],
];

/**
 * The language of a prose text as a BCP 47 tag, `en` when in doubt. Japanese and Chinese need only a small share of the
 * letters, since technical chats in them are full of Latin names and one of their letters says as much as five Latin ones.
 */
export function detectLanguage(text: string): string {
  const sample = text.slice(0, SAMPLE_LENGTH);
  const letters = count(sample, /\p{L}/gu);
  if (letters === 0) return "en";
  const kana = count(sample, /[\p{Script=Hiragana}\p{Script=Katakana}]/gu);
  const han = count(sample, /\p{Script=Han}/gu);
  if ((kana + han) / letters >= 0.15) return kana / (kana + han) >= 0.1 ? "ja" : "zh";
  const other = LANGUAGE_OF_SCRIPT.find(([script]) => count(sample, script) / letters >= 0.3);
  return other?.[1] ?? languageOfLatin(sample);
}

/** Another language than English must show a fair share of its function words. */
function languageOfLatin(sample: string): string {
  const words = sample.toLowerCase().match(/\p{L}+/gu) ?? [];
  let best = { language: "en", share: Math.max(0.15, shareOf(words, ENGLISH_MARKS)) };
  for (const [language, marks] of Object.entries(FUNCTION_WORDS)) {
    const share = shareOf(words, marks);
    if (share > best.share) best = { language, share };
  }
  return best.language;
}

const ENGLISH_MARKS: ReadonlySet<string> = new Set(
  "the a an of to in on at is are was were be been and or but not for with from by as it this that you your i we they can could should would will do does how what why when which if then than so have has had there my me".split(
    " ",
  ),
);

const shareOf = (words: readonly string[], marks: ReadonlySet<string>): number =>
  words.length === 0 ? 0 : words.filter((word) => marks.has(word)).length / words.length;

const count = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0;
