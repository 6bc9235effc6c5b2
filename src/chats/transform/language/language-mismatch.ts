import { detectLanguage, type LanguageCode } from "../../../text/index.ts";
import { languageCode } from "./language-name.ts";

/** A language that a note should be in, and the one it is in; both are sure. */
export interface LanguageMismatch {
  readonly wanted: LanguageCode;
  readonly got: LanguageCode;
}

/** Whether a note is clearly in another language than the one asked for, else than that of the conversation. */
export function languageMismatch(
  note: string,
  { asked, conversation }: { readonly asked: string | undefined; readonly conversation: () => string },
): LanguageMismatch | undefined {
  const wanted = asked === undefined ? detectLanguage(conversation()) : languageCode(asked);
  const got = wanted && detectLanguage(note);
  return wanted && got && wanted !== got ? { wanted, got } : undefined;
}
