import { z } from "zod";
import type { ReportedUsage } from "./reported-usage.ts";

/** One event of a streamed answer, or a whole answer that came in one piece. */
export interface ChatEvent {
  readonly error?: unknown;
  readonly choices?: readonly ChatChoice[] | null | undefined;
  readonly usage?: ReportedUsage | null | undefined;
  /** Groq says the usage of a stream here. */
  readonly x_groq?: { readonly usage?: ReportedUsage | null | undefined } | null | undefined;
}

/** A part of the answer (`delta`), or all of it (`message`). */
export interface ChatChoice {
  readonly index?: number | undefined;
  readonly delta?: ChatPart | null | undefined;
  readonly message?: ChatPart | null | undefined;
  readonly finish_reason?: string | null | undefined;
}

export interface ChatPart {
  readonly content?: ChatContent | undefined;
  readonly refusal?: string | null | undefined;
  /** The model's reasoning; servers name it differently. */
  readonly reasoning?: string | null | undefined;
  readonly reasoning_content?: string | null | undefined;
  readonly thinking?: string | null | undefined;
}

/** What a part of an answer holds. */
export interface ChatContent {
  readonly text: string;
  readonly thinking: string;
}

/** A model as `GET /models` lists it; how long its context is, each server says in its own way, and OpenAI not at all. */
export interface ListedModel {
  readonly id: string;
  /** vLLM. */
  readonly max_model_len?: number | null | undefined;
  /** OpenRouter. */
  readonly context_length?: number | null | undefined;
  /** LM Studio. */
  readonly max_context_length?: number | null | undefined;
}

/** Reads an event of a chat; `undefined` when it is not one. */
export const readChatEvent = (text: string): ChatEvent | undefined => parse(chatEvent, text);

/** Reads the answer of `GET /models`; `undefined` when it is not one: then the server has no such API. */
export const readModels = (text: string): readonly ListedModel[] | undefined => parse(models, text)?.data;

/** A text, or a list of parts as Mistral's reasoning models have it. */
function contentIn(content: unknown): ChatContent {
  if (typeof content === "string") return { text: content, thinking: "" };
  const found = { text: "", thinking: "" };
  if (!Array.isArray(content)) return found;
  for (const part of content as readonly unknown[]) {
    if (typeof part !== "object" || part === null) continue;
    if ("text" in part && typeof part.text === "string") found.text += part.text;
    if ("thinking" in part) found.thinking += textIn(part.thinking);
  }
  return found;
}

const textIn = (thinking: unknown): string => (typeof thinking === "string" ? thinking : contentIn(thinking).text);

// Fields come and go between servers: only the fields in use are required.
const words = z.string().nullish().catch(undefined);
const part = z
  .object({
    content: z.unknown().transform(contentIn),
    refusal: words,
    reasoning: words,
    reasoning_content: words,
    thinking: words,
  })
  .partial()
  .nullish();
// An answer is not refused, and paid for again, because of what the server says that it cost.
const usage = z.record(z.string(), z.unknown()).nullish().catch(undefined);
const chatEvent = z.object({
  error: z.unknown().optional(),
  choices: z
    .array(
      z.object({
        index: z.number().optional().catch(undefined),
        delta: part,
        message: part,
        finish_reason: z.string().nullish(),
      }),
    )
    .nullish(),
  usage,
  x_groq: z.object({ usage }).nullish().catch(undefined),
});
const length = z.number().positive().nullish().catch(undefined);
const models = z.object({
  data: z.array(
    z.object({ id: z.string(), max_model_len: length, context_length: length, max_context_length: length }),
  ),
});

function parse<T>(schema: z.ZodType<T>, text: string): T | undefined {
  try {
    return schema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
