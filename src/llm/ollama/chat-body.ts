import type { GenerateRequest } from "../../core/model/index.ts";

/** How much a model may think before it answers; the levels are for models that support them (gpt-oss). */
export type Think = boolean | "low" | "medium" | "high";

/** The options that are the same for every call of a run. Another `numCtx` would make Ollama load the model again. */
export interface ChatSettings {
  readonly model: string;
  readonly numCtx: number;
  readonly temperature: number | undefined;
  /** `undefined` for models that cannot think: they refuse the field. */
  readonly think: Think | undefined;
  readonly keepAlive: string | number | undefined;
}

/** The request, with the most tokens that its answer may have. */
export type CappedRequest = GenerateRequest & { readonly maxOutputTokens: number };

/** The body of `POST /api/chat` for one request. */
export function chatBody(settings: ChatSettings, request: CappedRequest): string {
  const { system, prompt, maxOutputTokens, responseSchema } = request;
  return JSON.stringify({
    ...common(settings, { num_predict: maxOutputTokens }),
    messages: [
      ...(system === undefined ? [] : [{ role: "system", content: system }]),
      { role: "user", content: prompt },
    ],
    stream: true,
    format: responseSchema,
    keep_alive: settings.keepAlive,
  });
}

/**
 * The body that loads the model and asks nothing. It leaves `keep_alive` out: with 0 the same request would unload
 * the model, and the first real call sets it anyway.
 */
export function loadBody(settings: ChatSettings): string {
  return JSON.stringify({ ...common(settings, {}), messages: [], stream: false });
}

/** `truncate` and `shift` are refused because Ollama would silently cut a prompt that is too long to half. */
const common = ({ model, numCtx, temperature, think }: ChatSettings, options: object): object => ({
  model,
  think,
  truncate: false,
  shift: false,
  options: { num_ctx: numCtx, temperature, ...options },
});
