import type { TokenUsage } from "../../core/model/index.ts";
import { usageIn as reportedUsage } from "../answer/index.ts";
import { at, countIn, isFields, type Fields } from "./fields.ts";

type Counts = { readonly [Key in keyof TokenUsage]?: number | undefined };

const known = (counts: Counts): TokenUsage =>
  Object.fromEntries(Object.entries(counts).filter(([, value]) => value !== undefined));

/** The usage at the end of a stream: in parts since v3, flat in v2. */
export function usageIn(usage: unknown): TokenUsage {
  const isFlat = typeof at(usage, "inputTokens") === "number" || typeof at(usage, "outputTokens") === "number";
  if (!isFlat) {
    return known({
      inputTokens: countIn(at(usage, "inputTokens", "total")),
      cachedInputTokens: countIn(at(usage, "inputTokens", "cacheRead")),
      cacheWriteTokens: countIn(at(usage, "inputTokens", "cacheWrite")),
      outputTokens: countIn(at(usage, "outputTokens", "total")),
      reasoningTokens: countIn(at(usage, "outputTokens", "reasoning")),
    });
  }
  return known({
    inputTokens: countIn(at(usage, "inputTokens")),
    cachedInputTokens: countIn(at(usage, "cachedInputTokens")),
    outputTokens: countIn(at(usage, "outputTokens")),
    reasoningTokens: countIn(at(usage, "reasoningTokens")),
  });
}

const sum = (...counts: readonly (number | undefined)[]): number | undefined =>
  counts.some((count) => count !== undefined)
    ? counts.reduce<number>((all, count) => all + (count ?? 0), 0)
    : undefined;

/**
 * What a provider's own event says of the usage so far, so that a call that breaks off later is counted too. The count of a
 * message that has only begun is none of what was written.
 */
export function usageInEvent(event: unknown): TokenUsage {
  const anthropic =
    at(event, "message", "usage") ?? (at(event, "type") === "message_delta" ? at(event, "usage") : undefined);
  if (anthropic !== undefined) {
    const [cached, written] = [
      countIn(at(anthropic, "cache_read_input_tokens")),
      countIn(at(anthropic, "cache_creation_input_tokens")),
    ];
    const plain = countIn(at(anthropic, "input_tokens"));
    return known({
      inputTokens: plain === undefined ? undefined : sum(plain, cached, written),
      cachedInputTokens: cached,
      cacheWriteTokens: written,
      outputTokens: at(event, "type") === "message_delta" ? countIn(at(anthropic, "output_tokens")) : undefined,
    });
  }
  const gemini = at(event, "usageMetadata");
  if (gemini !== undefined) {
    const thought = countIn(at(gemini, "thoughtsTokenCount"));
    return known({
      inputTokens: sum(countIn(at(gemini, "promptTokenCount")), countIn(at(gemini, "toolUsePromptTokenCount"))),
      cachedInputTokens: countIn(at(gemini, "cachedContentTokenCount")),
      outputTokens: sum(countIn(at(gemini, "candidatesTokenCount")), thought),
      reasoningTokens: thought,
    });
  }
  const responses = at(event, "response", "usage");
  if (responses === undefined) return reportedUsage(fieldsIn(at(event, "usage") ?? at(event, "x_groq", "usage")));
  return known({
    inputTokens: countIn(at(responses, "input_tokens")),
    cachedInputTokens: countIn(at(responses, "input_tokens_details", "cached_tokens")),
    outputTokens: countIn(at(responses, "output_tokens")),
    reasoningTokens: countIn(at(responses, "output_tokens_details", "reasoning_tokens")),
  });
}

const fieldsIn = (value: unknown): Fields | undefined => (isFields(value) ? value : undefined);
