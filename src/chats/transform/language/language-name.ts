import { isLanguageCode, type LanguageCode } from "../../../text/index.ts";

/** The names of languages, in lower case. */
const NAMES: Readonly<Record<string, LanguageCode>> = {
  english: "en",
  英語: "en",
  german: "de",
  deutsch: "de",
  french: "fr",
  français: "fr",
  spanish: "es",
  español: "es",
  portuguese: "pt",
  português: "pt",
  italian: "it",
  italiano: "it",
  dutch: "nl",
  nederlands: "nl",
  japanese: "ja",
  日本語: "ja",
  korean: "ko",
  한국어: "ko",
  chinese: "zh",
  中文: "zh",
  russian: "ru",
  русский: "ru",
  arabic: "ar",
  العربية: "ar",
  hebrew: "he",
  greek: "el",
  thai: "th",
  hindi: "hi",
};

/** The code of a language by its name or code; `undefined` for one that cannot be told apart. */
export function languageCode(name: string): LanguageCode | undefined {
  const known = name.trim().toLowerCase();
  if (isLanguageCode(known)) return known;
  return Object.hasOwn(NAMES, known) ? NAMES[known] : undefined;
}

const ENGLISH_NAMES: ReadonlyMap<LanguageCode, string> = new Map(
  Object.entries(NAMES)
    .filter(([name]) => /^[a-z]+$/.test(name))
    .map(([name, code]): [LanguageCode, string] => [code, `${name.charAt(0).toUpperCase()}${name.slice(1)}`])
    .toReversed(),
);

/** The English name of a language. */
export const languageName = (code: LanguageCode): string => ENGLISH_NAMES.get(code) ?? code;
