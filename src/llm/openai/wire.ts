import { z } from "zod";
import type { ReportedUsage } from "../answer/index.ts";

/** One event of a streamed answer, or a whole answer that came in one piece. */
export interface ChatEvent {
  readonly error?: unknown;
  /** Older versions of vLLM and llama.cpp send a bare error: `{"object": "error", "message": "...", "code": 400}`. */
  readonly object?: string | null | undefined;
  readonly message?: unknown;
  readonly type?: unknown;
  readonly code?: unknown;
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
  /** OpenRouter says here what a provider said. */
  readonly error?: unknown;
}

export interface ChatPart {
  readonly content?: ChatContent | undefined;
  readonly refusal?: string | null | undefined;
  /** The model's reasoning; servers name it differently. */
  readonly reasoning?: string | null | undefined;
  readonly reasoning_content?: string | null | undefined;
  readonly thinking?: string | null | undefined;
  readonly reasoning_details?: string | undefined;
}

/** What a part of an answer holds. */
export interface ChatContent {
  readonly text: string;
  readonly thinking: string;
}

/** Reads an event of a chat; `undefined` when it is not one. */
export const readChatEvent = (text: string): ChatEvent | undefined => parse(chatEvent, text);

/** The error that an event tells of; `undefined` when it tells of none. */
export function faultIn(event: ChatEvent): unknown {
  const errors = [event.error, ...(event.choices ?? []).map(({ error }) => error)];
  const isBare = event.choices === undefined && typeof event.message === "string" && event.code !== undefined;
  return errors.find(isFault) ?? (event.object === "error" || isBare ? event : undefined);
}

/** Some servers send an empty error with each piece. */
const isFault = (error: unknown): boolean => error !== undefined && error !== null && error !== "" && error !== false;

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

/** OpenRouter tells thoughts in a list too, whole, in short, or encrypted. */
function reasoningIn(details: unknown): string {
  if (!Array.isArray(details)) return "";
  return (details as readonly unknown[])
    .map((detail) => {
      if (typeof detail !== "object" || detail === null) return "";
      if ("text" in detail && typeof detail.text === "string") return detail.text;
      return "summary" in detail && typeof detail.summary === "string" ? detail.summary : "";
    })
    .join("");
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
    reasoning_details: z.unknown().transform(reasoningIn),
  })
  .partial()
  .nullish();
// An answer is not refused, and paid for again, because of what the server says that it cost.
const usage = z.record(z.string(), z.unknown()).nullish().catch(undefined);
const chatEvent = z.object({
  error: z.unknown().optional(),
  object: words,
  message: z.unknown().optional(),
  type: z.unknown().optional(),
  code: z.unknown().optional(),
  choices: z
    .array(
      z.object({
        index: z.number().optional().catch(undefined),
        delta: part,
        message: part,
        finish_reason: z.string().nullish(),
        error: z.unknown().optional(),
      }),
    )
    .nullish(),
  usage,
  x_groq: z.object({ usage }).nullish().catch(undefined),
});

function parse<T>(schema: z.ZodType<T>, text: string): T | undefined {
  try {
    return schema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
