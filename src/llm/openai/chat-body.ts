import type { GenerateRequest } from "../../core/model/index.ts";
import type { TakenFields } from "./taken-fields.ts";

/** The options that are the same for every call of a run. */
export interface ChatSettings {
  readonly model: string;
  readonly temperature: number | undefined;
}

/** The request, with the most tokens that its answer may have. */
export type CappedRequest = GenerateRequest & { readonly maxOutputTokens: number };

/** The body of `POST /chat/completions` for one request, as far as the server takes it. */
export function chatBody({ model, temperature }: ChatSettings, request: CappedRequest, taken: TakenFields): string {
  const { system, prompt, responseSchema } = request;
  return JSON.stringify({
    model,
    messages: [
      ...(system === undefined ? [] : [{ role: "system", content: system }]),
      { role: "user", content: prompt },
    ],
    stream: taken.stream,
    // Without it a stream does not report its usage.
    ...(taken.stream && taken.streamOptions && { stream_options: { include_usage: true } }),
    ...(taken.temperature && { temperature }),
    [taken.cap]: request.maxOutputTokens,
    ...(taken.responseFormat &&
      responseSchema !== undefined && {
        response_format: { type: "json_schema", json_schema: { name: "answer", schema: responseSchema } },
      }),
  });
}
