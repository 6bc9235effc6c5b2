import type { Conversation } from "../../conversation.ts";
import { findBlocks } from "../transcript/index.ts";

/** What models write, on a line without white space around it, in place of what they leave out: in code, and anywhere. */
const IN_CODE: readonly RegExp[] = [
  /^(?:\/\/|#|--|\/\*|<!--|;|%)?\s*(?:\.{3,}|…+)(?:\s*(?:\*\/|-->))?$/,
  /(?:\/\/|#|--|\/\*|<!--|;)\s*(?:(?:\.{3}|…)\s*)?\(?(?:the\s+)?(?:rest|remainder|remaining)\b.{0,40}(?:code|function|file|method|same|unchanged|here)/i,
  /(?:\/\/|#|--|\/\*|<!--|;)\s*(?:(?:\.{3}|…)\s*)?(?:same as (?:above|before)|existing code|previous code|unchanged|omitted|以下同様|省略|同上)/i,
];
const ANYWHERE: readonly RegExp[] = [
  /^\s*[([（]?\s*(?:same as above|see above|as above|omitted(?: for brevity)?|rest of the (?:code|content)(?: is)?(?: omitted)?|code omitted|以下同様|以下省略|以下略|（?省略）?|同上)[\s.。…)\]）]*$/i,
];

/** The first line that replaces omitted text, unless the conversation has the same line. */
export function findOmission(content: string, { messages }: Pick<Conversation, "messages">): string | undefined {
  for (const { kind, text } of findBlocks(content)) {
    const patterns = kind === "code" ? [...IN_CODE, ...ANYWHERE] : ANYWHERE;
    const found = text
      .split("\n")
      .map((line) => line.trim())
      .find((line) => patterns.some((pattern) => pattern.test(line)) && !isSaid(line));
    if (found !== undefined) return found;
  }
  return undefined;

  function isSaid(line: string): boolean {
    return messages.some(({ text }) => text.includes(line));
  }
}
