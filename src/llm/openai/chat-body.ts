import { StepError } from "../../core/failure/index.ts";
import type { JsonValue } from "../../core/base/index.ts";
import { mediaTypeOf, type GenerateRequest, type ImagePart, type Message } from "../../core/model/index.ts";
import type { TakenFields } from "./taken-fields.ts";

/** The options that are the same for every call of a run. */
export interface ChatSettings {
  readonly model: string;
  readonly temperature: number | undefined;
  readonly providerOptions: Readonly<Record<string, JsonValue>>;
}

/** The request, with the most tokens that its answer may have. */
export type CappedRequest = GenerateRequest & { readonly maxOutputTokens: number };

/** The body of `POST /chat/completions` for one request, as far as the server takes it. */
export function chatBody(settings: ChatSettings, request: CappedRequest, taken: TakenFields): string {
  const { responseSchema, temperature = settings.temperature } = request;
  return JSON.stringify({
    model: settings.model,
    messages: messagesOf(request),
    stream: taken.stream,
    // Without it a stream does not report its usage.
    ...(taken.stream && taken.streamOptions && { stream_options: { include_usage: true } }),
    ...(taken.temperature && { temperature }),
    [taken.cap]: request.maxOutputTokens,
    ...(taken.responseFormat &&
      responseSchema !== undefined && {
        response_format: { type: "json_schema", json_schema: { name: "answer", schema: responseSchema } },
      }),
    // Last: what its user names is what is sent.
    ...settings.providerOptions,
    ...request.providerOptions,
  });
}

function messagesOf({ system, prompt, messages }: GenerateRequest): readonly object[] {
  return [
    ...(system === undefined ? [] : [{ role: "system", content: system }]),
    ...(messages?.map(messageOf) ?? [{ role: "user", content: prompt }]),
  ];
}

function messageOf({ role, content }: Message): object {
  if (typeof content === "string") return { role, content };
  const parts = content.map((part) =>
    part.type === "text"
      ? { type: "text", text: part.text }
      : { type: "image_url", image_url: { url: addressOf(part) } },
  );
  return { role, content: parts };
}

function addressOf(part: ImagePart): string {
  const { image } = part;
  if (typeof image === "string") return image;
  const mediaType = mediaTypeOf(part);
  if (mediaType === undefined) {
    throw new StepError(
      "input",
      "An image in the messages is of no kind that is known. Give its `mediaType`: image/png.",
    );
  }
  return `data:${mediaType};base64,${Buffer.from(image).toString("base64")}`;
}
