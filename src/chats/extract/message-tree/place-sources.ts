import type { Message } from "../../conversation.ts";
import { type LinkedPage, sourcesList } from "../sources-list.ts";

interface ShownStep {
  readonly message: Message | undefined;
  readonly pages: readonly LinkedPage[];
}

/**
 * The messages, each answer with a list of the pages that were read for it since the question. Pages that no answer
 * follows, since it was stopped, are a message of the tool that found them.
 */
export function placeSources(steps: readonly ShownStep[]): readonly Message[] {
  const messages: Message[] = [];
  let waiting: LinkedPage[] = [];
  const found = (): void => {
    const text = sourcesList(waiting);
    if (text !== "") messages.push({ role: "tool", text, attachments: [] });
    waiting = [];
  };
  for (const { message, pages } of steps) {
    for (const page of pages) waiting.push(page);
    if (message?.role === "user") found();
    if (message) messages.push(message.role === "assistant" ? withSources(message, waiting) : message);
    if (message?.role === "assistant") waiting = [];
  }
  found();
  return messages;
}

/** Pages that the text links to already are not listed again. */
function withSources(message: Message, pages: readonly LinkedPage[]): Message {
  const list = sourcesList(pages.filter(({ url }) => url === "" || !message.text.includes(url)));
  if (list === "") return message;
  return { ...message, text: message.text === "" ? list : `${message.text}\n\n${list}` };
}
