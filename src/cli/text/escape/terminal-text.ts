/**
 * What a terminal obeys and does not show, and what turns the order of a line around: control characters but newline and
 * tab, marks of direction, and halves of characters, of which a terminal shows none.
 */
const OBEYED =
  // oxlint-disable-next-line no-control-regex
  /[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb]|\p{Cs}/gu;

/**
 * A text as it is printed: ids, reasons and messages come from anywhere, and must not move the cursor, hide what is
 * printed, or run what a terminal can be told to. What is escaped looks as it does in JSON, so that JSON stays JSON.
 */
export const terminalText = (text: string): string => text.replaceAll("\r\n", "\n").replaceAll(OBEYED, escaped);

/** The same on one line, for a name within a line. */
export const lineText = (text: string): string =>
  terminalText(text)
    .replaceAll("\n", String.raw`\n`)
    .replaceAll("\t", String.raw`\t`);

/** Whether a text is printed as it is. */
export const isPrintable = (text: string): boolean => lineText(text) === text;

const escaped = (character: string): string => String.raw`\u` + character.charCodeAt(0).toString(16).padStart(4, "0");
