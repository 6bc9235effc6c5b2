import { withoutLast } from "../../text/index.ts";

/** A text without inline Markdown, on one line: what a person would read aloud. Linear in the text. */
export function plainText(markdown: string): string {
  return (
    markdown
      .replace(/!?\[([^[\]]*)\]\([^()\s]*(?:\s"[^"]*")?\)/g, "$1")
      .replace(/<(https?:\/\/[^<>\s]*)>/g, "$1")
      .replace(
        /<\/?(?:a|b|br|code|details|div|em|i|kbd|li|ol|p|span|strong|sub|summary|sup|u|ul)\b[^<>]{0,200}>/gi,
        " ",
      )
      .replace(/\*\*|__(?=\S)|(?<=\S)__|~~|`/g, "")
      .replace(/(?<![\p{L}\p{N}*_])[*_](?=\S)([^*_]*)(?<=\S)[*_](?![\p{L}\p{N}*_])/gu, "$1")
      // oxlint-disable-next-line no-control-regex -- control characters in a chat are damage
      .replace(/[\s\u0000-\u001F\u007F\u200B\uFEFF]+/g, " ")
      .trim()
  );
}

/** Whether a text holds anything but white space and marks. */
export const hasMatter = (text: string): boolean => /[\p{L}\p{N}\p{Extended_Pictographic}]/u.test(text);

/** A heading as plain text, without its number and without a colon at its end. */
export function headingText(markdown: string): string {
  return withoutLast(plainText(markdown).replace(/^\d{1,3}[.)．]\s*/, ""), /[\s#:：]/);
}

/** Markdown on one line, or plain text when cutting it into sentences left a pair of marks open. */
export function inlineMarkdown(markdown: string): string {
  const line = markdown.replace(/\s+/g, " ").trim();
  const isBalanced = occurrences(line, "`") % 2 === 0 && occurrences(line, "**") % 2 === 0 && !line.includes("```");
  return isBalanced ? line : plainText(line);
}

const occurrences = (text: string, mark: string): number => text.split(mark).length - 1;
