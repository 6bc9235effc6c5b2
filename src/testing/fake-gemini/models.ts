import { refusal, type Refusal } from "./error.ts";
import { pageOf } from "./page.ts";
import { DEFAULT_INPUT_TOKENS, DEFAULT_OUTPUT_TOKENS } from "./request-rules.ts";
import type { FakeGeminiModel } from "./wire.ts";

type Json = Readonly<Record<string, unknown>>;

/** A page of the models. */
export function listModels(models: readonly FakeGeminiModel[], query: URLSearchParams): Json {
  const { items, nextPageToken } = pageOf(models.map(shown), query);
  return { models: items, ...(nextPageToken && { nextPageToken }) };
}

/** One model, or why there is none. */
export function showModel(models: readonly FakeGeminiModel[], id: string): { readonly json: Json } | Refusal {
  const model = models.find((one) => one.id === id);
  return model
    ? { json: shown(model) }
    : refusal(404, "NOT_FOUND", `Model is not found: models/${id} for api version v1beta`);
}

function shown({ id, displayName = id, embedsInto, inputTokens, outputTokens, thinks = true }: FakeGeminiModel): Json {
  const embeds = embedsInto !== undefined;
  return {
    name: `models/${id}`,
    version: "001",
    displayName,
    inputTokenLimit: inputTokens ?? (embeds ? 2_048 : DEFAULT_INPUT_TOKENS),
    outputTokenLimit: outputTokens ?? (embeds ? 1 : DEFAULT_OUTPUT_TOKENS),
    supportedGenerationMethods: embeds
      ? ["embedContent", "countTextTokens", "countTokens", "asyncBatchEmbedContent"]
      : ["generateContent", "countTokens", "createCachedContent", "batchGenerateContent"],
    ...(!embeds && { temperature: 1, topP: 0.95, topK: 64, maxTemperature: 2, ...(thinks && { thinking: true }) }),
  };
}
