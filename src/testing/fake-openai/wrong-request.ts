import type { OpenAIFault } from "./faults.ts";
import type { OpenAICallBody } from "./wire.ts";

const refusal = (message: string, param: string, code: string): OpenAIFault => ({
  does: "respond",
  status: 400,
  body: { error: { message, type: "invalid_request_error", param, code } },
});

const missing = (param: string): OpenAIFault =>
  refusal(`Missing required parameter: '${param}'.`, param, "missing_required_parameter");

const tooSmall = (param: string, got: number): OpenAIFault =>
  refusal(
    `Invalid '${param}': integer below minimum value. Expected a value >= 1, but got ${got} instead.`,
    param,
    "integer_below_min_value",
  );

/** What OpenAI refuses in a request, in its own words; `undefined` when nothing is wrong with it. */
export function wrongRequest(body: OpenAICallBody): OpenAIFault | undefined {
  const { model, messages, temperature, max_tokens, max_completion_tokens } = body;
  if (typeof model !== "string" || model === "") return missing("model");
  if (!Array.isArray(messages)) return missing("messages");
  if (messages.length === 0) {
    return refusal(
      "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead.",
      "messages",
      "empty_array",
    );
  }
  for (const [param, value] of Object.entries({ max_tokens, max_completion_tokens })) {
    if (value !== undefined && value < 1) return tooSmall(param, value);
  }
  if (max_tokens !== undefined && max_completion_tokens !== undefined) {
    return refusal(
      "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.",
      "max_tokens",
      "invalid_parameter_combination",
    );
  }
  if (temperature !== undefined && temperature > 2) {
    return refusal(
      `Invalid 'temperature': decimal above maximum value. Expected a value <= 2, but got ${temperature} instead.`,
      "temperature",
      "decimal_above_max_value",
    );
  }
  return undefined;
}
