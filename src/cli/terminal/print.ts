import { terminalText } from "../text/escape/terminal-text.ts";

// All that commands print goes through here, and through the status line: the linter refuses `console` elsewhere.

/** Prints a result, or a JSON document, on standard output. */
export const print = (text: string): void => console.log(terminalText(text));

/** Prints a line for people on standard error. */
export const printAside = (text: string): void => console.error(terminalText(text));
