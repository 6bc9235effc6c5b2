import { z } from "zod";

/** One line of a streamed answer, as far as we read it. A line may be an error in the middle of an answer. */
export interface ChatLine {
  readonly error?: unknown;
  readonly message?: { readonly content?: string | undefined; readonly thinking?: string | undefined } | undefined;
  readonly done?: boolean | undefined;
  readonly done_reason?: string | undefined;
  /** As the server says it. */
  readonly prompt_eval_count?: unknown;
  readonly eval_count?: unknown;
}

/** A model as `GET /api/tags` lists it. */
export interface TaggedModel {
  readonly name: string;
  readonly digest?: string | undefined;
}

/** What `POST /api/show` says of a model. */
export interface ShownModel {
  readonly capabilities?: readonly string[] | undefined;
  readonly model_info?: Readonly<Record<string, unknown>> | undefined;
  readonly details?: { readonly family?: string | undefined } | undefined;
  readonly remote_host?: string | undefined;
}

/** A model in memory, as `GET /api/ps` lists it; sizes in bytes. */
export interface RunningModel {
  readonly name: string;
  readonly size?: number | undefined;
  readonly size_vram?: number | undefined;
  readonly context_length?: number | undefined;
}

/** Reads a line of a chat; `undefined` when it is not one. */
export const readChatLine = (text: string): ChatLine | undefined => parse(chatLine, text);

/** Reads the answer of `GET /api/tags`; `undefined` when it is not one: then the server is not Ollama. */
export const readTags = (text: string): readonly TaggedModel[] | undefined => listOf(parse(tags, text));

/** Reads the answer of `POST /api/show`; `undefined` when it is not one. */
export const readShow = (text: string): ShownModel | undefined => parse(show, text);

/** Reads the answer of `GET /api/ps`; `undefined` when it is not one. */
export const readPs = (text: string): readonly RunningModel[] | undefined => listOf(parse(ps, text));

// Fields come and go between versions: only the fields in use are required.
const chatLine = z.object({
  error: z.unknown().optional(),
  message: z.object({ content: z.string().optional(), thinking: z.string().optional() }).optional(),
  done: z.boolean().optional(),
  done_reason: z.string().optional(),
  // An answer is not refused, and worked out again, because of what the server has counted.
  prompt_eval_count: z.unknown().optional(),
  eval_count: z.unknown().optional(),
});
const tags = z.object({ models: z.array(z.object({ name: z.string(), digest: z.string().optional() })).nullable() });
const show = z.object({
  capabilities: z.array(z.string()).optional(),
  model_info: z.record(z.string(), z.unknown()).optional(),
  details: z.object({ family: z.string().optional() }).optional(),
  remote_host: z.string().optional(),
});
const ps = z.object({
  models: z
    .array(
      z.object({
        name: z.string(),
        size: z.number().optional(),
        size_vram: z.number().optional(),
        context_length: z.number().optional(),
      }),
    )
    .nullable(),
});

/** Go writes an empty list as null. */
const listOf = <M>(answer: { readonly models: readonly M[] | null } | undefined): readonly M[] | undefined =>
  answer === undefined ? undefined : (answer.models ?? []);

function parse<T>(schema: z.ZodType<T>, text: string): T | undefined {
  try {
    return schema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
