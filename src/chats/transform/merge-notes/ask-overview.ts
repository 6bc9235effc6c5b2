import type { StepContext } from "../../../core/pipeline/index.ts";
import { tokenCounter } from "../../../core/model/index.ts";
import type { Conversation } from "../../conversation.ts";
import type { ParsedNote } from "../answer/index.ts";
import { ask, withoutEndOf, type Asking, type Question } from "../ask/index.ts";
import type { PartNote } from "../chat-part.ts";
import { roomFor, splitText, type CountTokens } from "../split-chunks/index.ts";

/**
 * Asks for the title, summary and tags of a note that was made in parts. The model reads the title, summary and tags of
 * each part; when they do not fit into its context, the beginning of each.
 */
export function askOverview(
  notes: readonly PartNote[],
  { title }: Conversation,
  asking: Asking,
  ctx: StepContext,
): Promise<ParsedNote> {
  const countTokens = tokenCounter(ctx.model);
  const room = roomFor(question([], title), asking, { contextTokens: ctx.modelInfo.contextTokens, countTokens });
  return ask(question(fitting(notes.map(describe), room, countTokens), title), asking, ctx);
}

function question(parts: readonly string[], title: string): Question {
  const texts = [...(title.trim() === "" ? [] : [`Title of the conversation: ${title.trim()}`]), ...parts];
  return {
    prompt: "merge",
    asked: "overview",
    values: { notes: withoutEndOf("notes", texts.join("\n\n")) },
    material: { title, messages: parts.map((text) => ({ role: "assistant", text })) },
  };
}

const describe = ({ title, summary, tags }: PartNote, index: number): string =>
  [`Part ${index + 1}${title === undefined ? "" : `: ${title}`}`, summary, tags.join(", ")]
    .filter((line) => line !== "")
    .join("\n");

/** An even share of the room for each. */
function fitting(texts: readonly string[], room: number | undefined, countTokens: CountTokens): readonly string[] {
  if (room === undefined || countTokens(texts.join("\n\n")) <= room) return texts;
  const share = Math.max(1, Math.floor(room / texts.length) - 1);
  return texts.map((text) => splitText(text, share, countTokens)[0] ?? "");
}
