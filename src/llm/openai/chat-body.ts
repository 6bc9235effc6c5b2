import type { GenerateRequest } from "../../core/model/index.ts";

/** The options that are the same for every call of a run. */
export interface ChatSettings {
  readonly model: string;
  readonly temperature: number | undefined;
  /** Whether the server is OpenAI's own, whose newer models refuse the old name of a field. */
  readonly isOpenAI: boolean;
}

/** The body of `POST /chat/completions` for one request. */
export function chatBody({ model, temperature, isOpenAI }: ChatSettings, request: GenerateRequest): string {
  const { system, prompt, maxOutputTokens, responseSchema } = request;
  return JSON.stringify({
    model,
    messages: [
      ...(system === undefined ? [] : [{ role: "system", content: system }]),
      { role: "user", content: prompt },
    ],
    stream: true,
    // Without it a stream does not report its usage.
    stream_options: { include_usage: true },
    temperature,
    [isOpenAI ? "max_completion_tokens" : "max_tokens"]: maxOutputTokens,
    response_format: responseSchema && {
      type: "json_schema",
      json_schema: { name: "answer", schema: responseSchema },
    },
  });
}
