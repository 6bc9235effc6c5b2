import type { Conversation } from "../../conversation.ts";
import type { Excerpt } from "../chat-part.ts";
import { markBlocks, renderTurns, turnsOf, factsOf, type Turn } from "../transcript/index.ts";
import type { Question } from "./ask-note.ts";
import { materialOf } from "./material.ts";
import { withoutEndOf } from "./without-end-of.ts";

/** The question about a whole conversation. Code and tables are markers in it. */
export function questionAbout(conversation: Conversation): Question {
  const { turns } = markBlocks(turnsOf(conversation));
  return { ...asking(turns, factsOf(conversation), ""), material: materialOf(conversation) };
}

/** The question about one part of a conversation. */
export function questionAboutPart({ turns, facts, number, of }: Excerpt): Question {
  return asking(
    turns,
    facts,
    `It is part ${number} of ${of} of one conversation. Write only what this part says: the notes on all parts are put together afterwards.`,
  );
}

function asking(turns: readonly Turn[], facts: string, part: string): Question {
  const text = renderTurns(turns);
  const conversation = [facts, text].filter((piece) => piece !== "").join("\n\n");
  return {
    prompt: "note",
    asked: "note",
    values: {
      conversation: withoutEndOf("conversation", conversation),
      part,
      length: lengthRule(text.length),
      markers: codeRule(text),
    },
    material: { title: "", messages: turns.map(({ heading, text: said }) => ({ role: heading, text: said })) },
  };
}

/** What is said about code: it is behind markers, when there is any. */
function codeRule(text: string): string {
  const marker = /^\*\*(?:code|table)[a-z-]*-\d+\*\*(?= \()/m.exec(text)?.[0];
  if (marker === undefined) {
    return "Copy commands and code that matter in full, in a fenced block with its language, right after the sentence that explains them.";
  }
  return `Code and tables were taken out of the conversation: a marker such as ${marker} stands for each, and a few words behind it say what it is. Put the markers of those that matter into the content, each alone on its line right after the sentence that explains it, exactly as they are written: the code comes back there. Do not write such code yourself.`;
}

/** The question about a document that stays as it is: its title, summary and tags. */
export function questionAboutDocument(text: string, conversation: Conversation): Question {
  return {
    prompt: "describe",
    asked: "overview",
    values: { document: withoutEndOf("document", text) },
    material: materialOf(conversation),
  };
}

function lengthRule(length: number): string {
  const atLeast = LEAST_CONTENT.find(([from]) => length >= from)?.[1];
  if (atLeast === undefined) return "Make it as long as it needs to be.";
  return `Write at least ${atLeast} and at most ${Math.round(length * MOST_CONTENT)} characters.`;
}

/** How long the content is at most, as a share of the conversation: an answer has less room than what it is about. */
const MOST_CONTENT = 0.4;

/** How long the content of a conversation of that many characters is at least: both in characters. */
const LEAST_CONTENT: readonly (readonly [conversation: number, content: number])[] = [
  [10_000, 1_000],
  [5_000, 750],
  [2_000, 400],
];
