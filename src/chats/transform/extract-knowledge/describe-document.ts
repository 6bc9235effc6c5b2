import type { StepContext } from "../../../core/pipeline/index.ts";
import { tokenCounter } from "../../../core/model/index.ts";
import type { Conversation, SourceDocument } from "../../conversation.ts";
import { ask, questionAboutDocument, type Asking } from "../ask/index.ts";
import type { PartNote } from "../chat-part.ts";
import { roomFor, splitText } from "../split-chunks/index.ts";

/**
 * The note on a document that is kept as it is: only what it lacks (title, summary, tags) is asked for, and no call is
 * made when it lacks nothing. A document that does not fit into the model's context is described by its beginning.
 */
export async function describeDocument(
  conversation: Conversation,
  { body, summary, tags }: SourceDocument,
  asking: Asking,
  ctx: StepContext,
): Promise<PartNote> {
  const title = conversation.title.trim();
  if (title !== "" && summary !== undefined && tags !== undefined) return { title, summary, tags, content: body };
  const countTokens = tokenCounter(ctx.model);
  const room = roomFor(questionAboutDocument("", conversation), asking, { ...ctx.modelInfo, countTokens });
  const [start = ""] = room === undefined ? [body] : splitText(body, Math.max(1, room), countTokens);
  const asked = await ask(questionAboutDocument(start, conversation), asking, ctx);
  return {
    ...(title !== "" ? { title } : asked.title !== undefined && { title: asked.title }),
    summary: summary ?? asked.summary,
    tags: tags ?? asked.tags,
    content: body,
  };
}
