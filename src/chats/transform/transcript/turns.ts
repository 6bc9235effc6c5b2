import type { Artifact, Attachment, Conversation, Message } from "../../conversation.ts";
import { cutText } from "../../../text/index.ts";
import { findBlocks } from "./find-blocks.ts";

/** What one speaker said in one go, or the text of one file or document. */
export type Turn = {
  /** Who said it, or what it is: `User`, `Attached: notes.txt`. */
  readonly heading: string;
  readonly text: string;
  /** Whether it goes on from the part before: a long turn was cut. */
  readonly continued?: boolean;
};

const SPEAKERS: Readonly<Record<Message["role"], string | undefined>> = {
  user: "User",
  assistant: "Assistant",
  tool: "Tool",
  // Instructions to the assistant are no knowledge, and a model might follow them.
  system: undefined,
};

/**
 * Documents are put after the note as they are, so a model only needs to know what they are about: code in them is
 * named, and text is cut after so many characters.
 */
const LONGEST_DOCUMENT = 2_000;

/** A conversation as a model reads it: who said what, what was attached, and the documents that were written in it. */
export function turnsOf({ messages, artifacts }: Pick<Conversation, "messages" | "artifacts">): readonly Turn[] {
  return [...messages.flatMap(turnsOfMessage), ...artifacts.map(turnOfDocument)].filter(
    ({ heading, text }) => text.trim() !== "" || !SPEAKER_NAMES.has(heading),
  );
}

/** Turns as text for a prompt. */
export const renderTurns = (turns: readonly Turn[]): string => turns.map(renderTurn).join("\n\n");

/** One turn as text for a prompt. */
export function renderTurn({ heading, text, continued }: Turn): string {
  const head = `[${heading}${continued === true ? ", continued" : ""}]`;
  return text.trim() === "" ? head : `${head}\n${text.replace(/^(?:[^\S\n]*\n)+/, "").trimEnd()}`;
}

/** What is known of a conversation as a whole, in a line each; empty when nothing is. */
export function factsOf({ title, createdAt }: Pick<Conversation, "title" | "createdAt">): string {
  const facts = [
    title.trim() === "" ? "" : `Title: ${title.replace(/\s+/g, " ").trim()}`,
    createdAt === undefined ? "" : `Date: ${createdAt.slice(0, 10)}`,
  ];
  return facts.filter((fact) => fact !== "").join("\n");
}

const SPEAKER_NAMES: ReadonlySet<string | undefined> = new Set(Object.values(SPEAKERS));

function turnsOfMessage({ role, text, attachments }: Message): readonly Turn[] {
  const heading = SPEAKERS[role];
  return heading === undefined ? [] : [{ heading, text }, ...attachments.map(turnOfAttachment)];
}

const turnOfAttachment = ({ name, text = "" }: Attachment): Turn => ({ heading: `Attached: ${clip(name)}`, text });

/** A name on one line, of a length that leaves room for what it names. */
const clip = (name: string): string => cutText(name.replace(/\s+/g, " ").trim(), 120);

function turnOfDocument({ title, id, mediaType, language, text }: Artifact): Turn {
  const heading = `Document: ${clip(title || id)}`;
  const isMarkdown = language === undefined && (mediaType === undefined || mediaType === "text/markdown");
  if (!isMarkdown) return { heading, text: `(${language ?? mediaType ?? "text"}, ${text.split("\n").length} lines)` };
  const prose = findBlocks(text).map((piece) => (piece.kind === "prose" ? piece.text : `(${piece.kind})\n`));
  const whole = prose.join("");
  const shown = cutText(whole, LONGEST_DOCUMENT).toWellFormed();
  return { heading, text: shown.length === whole.length ? shown : `${shown}\n(the document goes on)` };
}
