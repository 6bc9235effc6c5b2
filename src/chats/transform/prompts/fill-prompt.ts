const PLACEHOLDER = /\{([a-z][a-z_]*)\}/g;

/** The names that stand in braces in a text: `{language}`. */
export const placeholdersIn = (text: string): readonly string[] => [
  ...new Set([...text.matchAll(PLACEHOLDER)].map(([, name = ""]) => name)),
];

/**
 * Puts values in the places of `{names}`. Values are not expanded again, so a chat about placeholders stays as it is; a
 * line that holds nothing but an empty value goes, with the blank line after it.
 */
export function fillPrompt(text: string, values: Readonly<Record<string, string>>): string {
  const isEmpty = (name: string): boolean => (values[name] ?? "") === "";
  const kept = text.replace(/^\{([a-z][a-z_]*)\}\n(?:[^\S\n]*\n)?/gm, (line, name: string) =>
    isEmpty(name) ? "" : line,
  );
  return `${kept.replace(PLACEHOLDER, (whole, name: string) => values[name] ?? whole).trimEnd()}\n`;
}
