import type { Conversation } from "../../conversation.ts";
import { closeFence } from "../../../text/index.ts";
import { headingsBelow } from "../markdown-text/headings.ts";

const HEADING = { english: "Original conversation", japanese: "元の会話" };

/** The body with the conversation it was made from under a heading, so that a reviewer can compare the two. */
export function withOriginal(body: string, { messages }: Conversation): string {
  const heading = /[\p{Script=Hiragana}\p{Script=Katakana}]/u.test(body) ? HEADING.japanese : HEADING.english;
  const said = messages
    .filter(({ role, text }) => role !== "system" && text.trim() !== "")
    .map(({ role, text }) => `**${NAMES[role]}**\n\n${headingsBelow(3, closeFence(text.trim()))}`);
  return [body, `## ${heading}`, ...said].join("\n\n");
}

const NAMES = { user: "User", assistant: "Assistant", tool: "Tool", system: "System" } as const;
