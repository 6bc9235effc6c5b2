import type { JsonValue } from "../../core/base/index.ts";
import { StepError } from "../../core/failure/index.ts";
import { imagesOfMessage, textOfMessage, type GenerateRequest, type Message } from "../../core/model/index.ts";

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
  /** More of Ollama's `options`. */
  readonly providerOptions: Readonly<Record<string, JsonValue>>;
}

/** The request, with the most tokens that its answer may have. */
export type CappedRequest = GenerateRequest & { readonly maxOutputTokens: number };

/** The body of `POST /api/chat` for one request. */
export function chatBody(settings: ChatSettings, request: CappedRequest): string {
  const { system, prompt, messages, maxOutputTokens, responseSchema, temperature, providerOptions } = request;
  const options = {
    ...(temperature !== undefined && { temperature }),
    num_predict: maxOutputTokens,
    // Last: what its user names is what is sent.
    ...settings.providerOptions,
    ...providerOptions,
  };
  return JSON.stringify({
    ...common(settings, options),
    messages: [
      ...(system === undefined ? [] : [{ role: "system", content: system }]),
      ...(messages?.map(messageOf) ?? [{ role: "user", content: prompt }]),
    ],
    stream: true,
    format: responseSchema,
    keep_alive: settings.keepAlive,
  });
}

/** Ollama takes the text of a message, and its images beside it, in bytes. */
function messageOf(message: Message): object {
  const images = imagesOfMessage(message).map(({ image }) => {
    if (typeof image !== "string") return Buffer.from(image).toString("base64");
    throw new StepError("input", "Ollama fetches no images: give the bytes of an image, and not its address.");
  });
  return { role: message.role, content: textOfMessage(message), ...(images.length > 0 && { images }) };
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
