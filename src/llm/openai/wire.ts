import { z } from "zod";

/** One event of a streamed answer, or a whole answer that came in one piece. */
export interface ChatEvent {
  readonly error?: unknown;
  readonly choices?: readonly ChatChoice[] | null | undefined;
  readonly usage?: ChatUsage | null | undefined;
}

/** A part of the answer (`delta`), or all of it (`message`). */
export interface ChatChoice {
  readonly delta?: ChatPart | null | undefined;
  readonly message?: ChatPart | null | undefined;
  readonly finish_reason?: string | null | undefined;
}

export interface ChatPart {
  readonly content?: string | null | undefined;
  readonly refusal?: string | null | undefined;
  /** The model's reasoning; servers name it differently. */
  readonly reasoning?: string | null | undefined;
  readonly reasoning_content?: string | null | undefined;
}

/** As the server says it: any server may say anything. */
export interface ChatUsage {
  readonly prompt_tokens?: unknown;
  readonly completion_tokens?: unknown;
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

// Fields come and go between servers: only the fields in use are required.
const part = z
  .object({
    content: z.string().nullish(),
    refusal: z.string().nullish(),
    reasoning: z.string().nullish(),
    reasoning_content: z.string().nullish(),
  })
  .nullish();
const chatEvent = z.object({
  error: z.unknown().optional(),
  choices: z.array(z.object({ delta: part, message: part, finish_reason: z.string().nullish() })).nullish(),
  // An answer is not refused, and paid for again, because of what the server says that it cost.
  usage: z.object({ prompt_tokens: z.unknown(), completion_tokens: z.unknown() }).partial().nullish().catch(undefined),
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
