import type { FaultRow } from "../fault-row.ts";
import { FILTERED } from "../meanings.ts";

/** Filters that do not like what a chat holds. */
export const CONTENT_ROWS: readonly FaultRow[] = [
  {
    means: FILTERED,
    code: /^(?:content_filter|content_policy_violation|invalid_prompt)$/,
    said: [
      {
        by: "Azure",
        source: "Gitlawb/openclaude#273",
        status: 400,
        body: {
          error: {
            message:
              "The response was filtered due to the prompt triggering Azure OpenAI's content management policy. Please modify your prompt and retry.",
            type: null,
            param: "prompt",
            code: "content_filter",
            status: 400,
            innererror: { code: "ResponsibleAIPolicyViolation" },
          },
        },
      },
      {
        by: "OpenAI",
        source: "https://platform.openai.com/docs/guides/safety-best-practices",
        status: 400,
        body: {
          error: {
            message: "Invalid prompt: your prompt was flagged as potentially violating our usage policy.",
            type: "invalid_request_error",
            param: null,
            code: "invalid_prompt",
          },
        },
      },
    ],
  },
  {
    means: FILTERED,
    words:
      /Content Exists Risk|ContentPolicyViolationError|blocked by content filtering policy|Content violates usage guidelines|potentially unsafe or sensitive content/i,
    said: [
      {
        by: "DeepSeek",
        source: "666ghj/BettaFish#108",
        status: 400,
        body: {
          error: {
            message: "Content Exists Risk",
            type: "invalid_request_error",
            param: null,
            code: "invalid_request_error",
          },
        },
      },
      {
        by: "z.ai",
        source: "https://docs.z.ai/api-reference/api-code",
        status: 400,
        body: {
          error: {
            code: "1301",
            message: "System detected potentially unsafe or sensitive content in input or generation.",
          },
        },
      },
      {
        by: "LiteLLM before Azure",
        source: "BerriAI/litellm#16231",
        status: 400,
        body: {
          error: {
            message:
              "litellm.BadRequestError: litellm.ContentPolicyViolationError: AzureException - The response was filtered due to the prompt triggering Azure OpenAI's content management policy.",
            type: null,
            param: null,
            code: "400",
          },
        },
      },
    ],
  },
  {
    means: FILTERED,
    status: [400, 403],
    words: /requires moderation|(?:input|prompt) was flagged|content management policy|ResponsibleAIPolicyViolation/i,
    said: [
      {
        by: "OpenRouter",
        source: "https://openrouter.ai/docs/api/reference/errors-and-debugging",
        status: 403,
        body: {
          error: {
            code: 403,
            message: "Your chosen model requires moderation and your input was flagged",
            metadata: { reasons: ["violence"], flagged_input: "...", provider_name: "OpenAI" },
          },
        },
      },
    ],
  },
];
