import type { Attachment, Conversation, Message } from "../../conversation.ts";

const SPEAKERS: Readonly<Record<Message["role"], string | undefined>> = {
  user: "User",
  assistant: "Assistant",
  tool: "Tool",
  // Instructions to the assistant are no knowledge, and a model might follow them.
  system: undefined,
};

/** A conversation as text for a prompt: who said what, what was attached, and the documents that were written in it. */
export function renderConversation({ title, createdAt, messages, artifacts }: Conversation): string {
  const facts = [
    title.trim() === "" ? "" : `Title: ${title.trim()}`,
    createdAt === undefined ? "" : `Date: ${createdAt.slice(0, 10)}`,
  ];
  const parts = [
    facts.filter((fact) => fact !== "").join("\n"),
    ...messages.map(renderMessage),
    ...artifacts.map(({ title: name, text }) => block(`[Document: ${name}]`, text)),
  ];
  return parts.filter((part) => part !== "").join("\n\n");
}

function renderMessage({ role, text, attachments }: Message): string {
  const speaker = SPEAKERS[role];
  const said = [text.trim(), ...attachments.map(renderAttachment)].filter((part) => part !== "");
  return speaker === undefined || said.length === 0 ? "" : block(`[${speaker}]`, said.join("\n\n"));
}

const renderAttachment = ({ name, text }: Attachment): string =>
  text === undefined || text.trim() === "" ? `[Attached: ${name}]` : block(`[Attached: ${name}]`, text);

const block = (heading: string, text: string): string => `${heading}\n${text.trim()}`;
