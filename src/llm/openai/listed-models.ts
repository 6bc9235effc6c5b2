import { z } from "zod";

/** A model as a server lists it. */
export interface ListedModel {
  readonly id: string;
  /** How long a prompt with its answer may be, in tokens. */
  readonly contextTokens: number | undefined;
  /** The longest context that it was made for, in tokens. */
  readonly madeForTokens: number | undefined;
  /** Whether llama.cpp's server lists it, which serves its one model whatever it is called. */
  readonly isServedByAnyName: boolean;
  /** Who owns it, in the server's words: local servers give themselves away. */
  readonly ownedBy: string;
}

const tokens = z.number().positive().nullish().catch(undefined);
const text = z.string().nullish().catch(undefined);

// Each server tells the length of its context in its own way, and OpenAI not at all.
const listed = z.object({
  id: text,
  name: text,
  owned_by: text,
  /** vLLM, SGLang. */
  max_model_len: tokens,
  /** OpenRouter, Together. */
  context_length: tokens,
  /** Mistral; LM Studio, of what the model was made for. */
  max_context_length: tokens,
  /** Groq. */
  context_window: tokens,
  /** LM Studio's own API. */
  loaded_context_length: tokens,
  /** llama.cpp: `n_ctx` for each of its slots. */
  meta: z.object({ n_ctx: tokens, n_ctx_train: tokens }).nullish().catch(undefined),
});

/**
 * Reads the answer of `GET /models`: `{"data": [...]}`, a bare list (Together), `{"models": [...]}`, or no list where there
 * is no model. `undefined` when it is none of these: then the server has no such API.
 */
export function readModels(json: string): readonly ListedModel[] | undefined {
  const answer = parse(json);
  const list = Array.isArray(answer) ? (answer as readonly unknown[]) : listIn(answer);
  return list?.flatMap((entry) => {
    const found = listed.safeParse(entry).data;
    const id = found?.id ?? found?.name;
    if (found === undefined || id === undefined || id === null) return [];
    const { meta } = found;
    const contextTokens =
      found.loaded_context_length ??
      found.max_model_len ??
      meta?.n_ctx ??
      found.context_length ??
      found.max_context_length ??
      found.context_window ??
      undefined;
    const madeForTokens = meta?.n_ctx_train ?? found.max_context_length ?? contextTokens;
    return [{ id, contextTokens, madeForTokens, isServedByAnyName: Boolean(meta), ownedBy: found.owned_by ?? "" }];
  });
}

function listIn(answer: unknown): readonly unknown[] | undefined {
  if (typeof answer !== "object" || answer === null) return undefined;
  const list = "data" in answer ? answer.data : "models" in answer ? answer.models : undefined;
  if (list === null) return [];
  return Array.isArray(list) ? (list as readonly unknown[]) : undefined;
}

/** What OpenRouter takes behind a model's name: a way to choose who serves it, or settings that the user has stored. */
const VARIANT = /:(?:nitro|floor|online|thinking|extended|exacto|free|beta)$|@preset\/.*$/;

/** The forms of a name that mean the same model, the whole name first. */
const FORMS: readonly ((name: string) => string)[] = [
  (name) => name,
  // Gemini lists `models/<name>`.
  (name) => name.replace(/^models\//, ""),
  (name) => name.replace(VARIANT, ""),
  // llama.cpp's server without an alias lists the file.
  (name) => name.replace(/^.*[\\/]/, "").replace(/\.gguf$/i, ""),
];

/** The listed model that a name means; `undefined` when none is called so. */
export function findModel(models: readonly ListedModel[], name: string): ListedModel | undefined {
  for (const form of FORMS) {
    const found = models.find(({ id }) => form(id) === form(name));
    if (found) return found;
  }
  return undefined;
}

const props = z.object({ default_generation_settings: z.object({ n_ctx: tokens }) });

/** The context of llama.cpp's server, in tokens, from its `GET /props`; `undefined` when it does not say. */
export const contextInProps = (json: string): number | undefined =>
  props.safeParse(parse(json)).data?.default_generation_settings.n_ctx ?? undefined;

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
