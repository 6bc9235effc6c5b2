import { quote } from "../next/begin-command.ts";
import { isPrintable } from "./terminal-text.ts";

/**
 * An item's id as a word of a command to paste. An id that cannot be printed, or passed to a command at all as one with
 * NUL, is written as JSON, and so is one that looks like that or like a flag; {@link readItemWord} reads both.
 */
export const itemWord = (itemId: string): string => quote(needsJson(itemId) ? JSON.stringify(itemId) : itemId);

/** The id that a word of a command means. */
export function readItemWord(word: string): string {
  if (!word.startsWith('"')) return word;
  try {
    const itemId: unknown = JSON.parse(word);
    return typeof itemId === "string" && needsJson(itemId) ? itemId : word;
  } catch {
    return word;
  }
}

const needsJson = (itemId: string): boolean => /^["-]/.test(itemId) || !isPrintable(itemId);
