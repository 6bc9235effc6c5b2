import { StepError } from "../../../core/failure.ts";
import type { Model } from "../../../core/model.ts";
import { filter, type Filter } from "../../../core/outcome.ts";
import { defineStep, type Step } from "../../../core/step.ts";
import type { Conversation } from "../../conversation.ts";
import type { Note } from "../../note.ts";
import { writeBody } from "./body.ts";
import { materialOf } from "./material.ts";
import { parseAnswer, type ParsedNote } from "./parse-answer.ts";
import { buildPrompt, PROMPT_VERSION, SYSTEM } from "./prompt.ts";
import { renderConversation } from "./render-conversation.ts";

export interface ExtractKnowledgeOptions {
  /** The language the note is written in, in English: `Japanese`. @default the language of the conversation */
  readonly language?: string;
}

/**
 * Turns a conversation into a note with the run's model. A bad answer is an `answer` failure whose message tells the
 * model what to mend; when the step is called again, that message is in the prompt. Filters conversations without text.
 */
export function extractKnowledge(options: ExtractKnowledgeOptions = {}): Step<Conversation, Note> {
  return defineStep({
    name: "extract_knowledge",
    version: PROMPT_VERSION,
    lane: "model",
    cache: true,
    process: async (conversation: Conversation, { model, signal, complaint }): Promise<Note | Filter> => {
      const material = materialOf(conversation);
      if (!material.messages.some(({ text }) => HAS_MATTER.test(text))) return filter("no text");
      const prompt = buildPrompt(renderConversation(conversation), { ...options, complaint });
      const { text } = await model.generate({ prompt, system: SYSTEM, material, signal });
      const answer = parseAnswer(text);
      if (!answer.ok) {
        throw new StepError("answer", answer.complaint, { rawAnswer: text, request: `${SYSTEM}\n\n${prompt}` });
      }
      return noteOf(conversation, answer.note, model);
    },
  });
}

/** Anything but white space, punctuation and control characters. */
const HAS_MATTER = /[\p{L}\p{N}\p{Extended_Pictographic}]/u;

function noteOf(conversation: Conversation, answer: ParsedNote, model: Model): Note {
  const { provider, id, createdAt, updatedAt, url, contentHash } = conversation;
  return {
    title: answer.title ?? (conversation.title.trim() || `Chat ${createdAt?.slice(0, 10) ?? id}`),
    body: writeBody(answer.content, conversation),
    summary: answer.summary,
    tags: answer.tags,
    source: provider,
    sourceId: `${provider}:${id}`,
    contentHash,
    ...(createdAt === undefined ? {} : { created: createdAt }),
    ...(updatedAt === undefined ? {} : { updated: updatedAt }),
    ...(url === undefined ? {} : { sourceUrl: url }),
    ...(model.id === "extractive" ? { engine: model.id } : { model: model.id, promptVersion: PROMPT_VERSION }),
  };
}
