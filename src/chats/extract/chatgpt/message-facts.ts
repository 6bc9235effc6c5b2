import type { Message } from "../../conversation.ts";
import { type Fields, isFields, textOf } from "../../../stages/extract/input/index.ts";

/** What is around a message's content, with a plain value where a field is missing. */
export interface MessageFacts {
  readonly role: Message["role"] | undefined;
  /** The tool's name, such as `python` or `dalle.text2im`; "" for people and the assistant. */
  readonly authorName: string;
  /** `all`, or the tool that the message calls. */
  readonly recipient: string;
  /** `final`, `commentary`, `analysis` or "". */
  readonly channel: string;
  readonly contentType: string;
  readonly content: Fields;
  readonly metadata: Fields;
}

/** Content that is a bare text or a bare list is taken for one with these `parts`. */
export function messageFacts(message: Fields): MessageFacts {
  const author = fieldsOf(message["author"]);
  const { content } = message;
  const shaped = isFields(content) ? content : { parts: content };
  return {
    role: ROLES.get(textOf(author["role"])),
    authorName: textOf(author["name"]),
    recipient: textOf(message["recipient"]) || "all",
    channel: textOf(message["channel"]),
    contentType: textOf(shaped["content_type"]),
    content: shaped,
    metadata: fieldsOf(message["metadata"]),
  };
}

const fieldsOf = (value: unknown): Fields => (isFields(value) ? value : {});

const ROLES: ReadonlyMap<string, Message["role"]> = new Map([
  ["user", "user"],
  ["assistant", "assistant"],
  ["system", "system"],
  ["tool", "tool"],
]);
