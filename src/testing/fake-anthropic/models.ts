import { pageOf } from "../fake-server/page.ts";
import { refusal, type Refusal } from "./error.ts";
import type { FakeAnthropicModel } from "./wire.ts";

type Json = Readonly<Record<string, unknown>>;

/** A page of the models. */
export const listModels = (models: readonly FakeAnthropicModel[], query: URLSearchParams): Json => ({
  ...pageOf(models.map(shown), query),
});

/** One model, or why there is none. */
export function showModel(models: readonly FakeAnthropicModel[], id: string): Json | Refusal {
  const model = models.find((one) => one.id === id);
  return model ? shown(model) : refusal(404, "not_found_error", `model: ${id}`);
}

const shown = ({ id, displayName = id, contextTokens = 200_000, maxOutputTokens = 64_000 }: FakeAnthropicModel) => ({
  type: "model",
  id,
  display_name: displayName,
  created_at: "2025-10-15T00:00:00Z",
  max_input_tokens: contextTokens,
  max_tokens: maxOutputTokens,
});
