import type { TokenUsage } from "../../core/model/index.ts";

/** As a server says it: any server may say anything. */
export interface ReportedUsage {
  readonly prompt_tokens?: unknown;
  readonly completion_tokens?: unknown;
  readonly total_tokens?: unknown;
  readonly prompt_tokens_details?: unknown;
  readonly completion_tokens_details?: unknown;
  /** DeepSeek. */
  readonly prompt_cache_hit_tokens?: unknown;
  /** OpenRouter: what the call has cost. */
  readonly cost?: unknown;
}

/**
 * The usage of a call. A count of 0 counts as unknown, like a missing one. Some servers leave thinking out of what they
 * call the completion, and count it in the total only (Gemini), or beside it too (xAI): what was written is all that is not
 * prompt.
 */
export function usageIn(said: ReportedUsage | null | undefined): TokenUsage {
  if (!said) return {};
  const [prompt, completion, total] = [
    countIn(said.prompt_tokens),
    countIn(said.completion_tokens),
    countIn(said.total_tokens),
  ];
  const rest = prompt !== undefined && total !== undefined && total > prompt ? total - prompt : undefined;
  const cached = countIn(fieldOf(said.prompt_tokens_details, "cached_tokens")) ?? countIn(said.prompt_cache_hit_tokens);
  const cacheWrite = countIn(fieldOf(said.prompt_tokens_details, "cache_write_tokens"));
  const thought = countIn(fieldOf(said.completion_tokens_details, "reasoning_tokens"));
  const output = completion === undefined ? rest : Math.max(completion, rest ?? 0);
  const { cost } = said;
  return {
    ...(prompt !== undefined && { inputTokens: prompt }),
    ...(cached !== undefined && { cachedInputTokens: cached }),
    ...(cacheWrite !== undefined && { cacheWriteTokens: cacheWrite }),
    ...(output !== undefined && { outputTokens: output }),
    // What is missing from the completion was thought, where nobody says it.
    ...reasoning(thought, output, completion),
    ...(typeof cost === "number" && { cost }),
  };
}

function reasoning(
  thought: number | undefined,
  output: number | undefined,
  completion: number | undefined,
): Pick<TokenUsage, "reasoningTokens"> {
  if (thought !== undefined) return { reasoningTokens: thought };
  if (output === undefined || completion === undefined || output === completion) return {};
  return { reasoningTokens: output - completion };
}

const countIn = (value: unknown): number | undefined =>
  typeof value === "number" && Number.isSafeInteger(value) && value > 0 ? value : undefined;

const fieldOf = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null ? Object.entries(value).find(([key]) => key === name)?.[1] : undefined;
