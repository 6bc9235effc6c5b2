import type { FaultRow } from "../fault-row.ts";
import { ALLOWANCE, KEY_LIMIT, LATER, NO_MONEY, SLOW_DOWN } from "../meanings.ts";

const HOUR_MS = 3_600_000;

/** Money and allowances, whatever the status: nothing is failed, and nothing gets through until a person or the next day helps. */
export const MONEY_ROWS: readonly FaultRow[] = [
  {
    means: ALLOWANCE,
    status: [429],
    words: /per[-_ ]day|PerDay|\bdaily\b|\b(?:RPD|TPD)\b/i,
    said: [
      {
        by: "Gemini",
        source: "google-gemini/gemini-cli#8437",
        status: 429,
        body: [
          {
            error: {
              code: 429,
              message:
                "You exceeded your current quota, please check your plan and billing details.\nPlease retry in 34.07s.",
              status: "RESOURCE_EXHAUSTED",
              details: [
                {
                  "@type": "type.googleapis.com/google.rpc.QuotaFailure",
                  violations: [{ quotaId: "GenerateRequestsPerDayPerProjectPerModel-FreeTier" }],
                },
                { "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "34s" },
              ],
            },
          },
        ],
      },
      {
        by: "Groq",
        source: "continuedev/continue#10920",
        status: 429,
        body: {
          error: {
            message:
              "Rate limit reached for model `llama-3.3-70b-versatile` in organization `o` service tier `on_demand` on tokens per day (TPD): Limit 100000, Used 97050, Requested 3619. Please try again in 9m38.016s.",
            type: "tokens",
            code: "rate_limit_exceeded",
          },
        },
      },
      {
        by: "OpenRouter",
        source: "cline/cline#5301",
        status: 429,
        body: {
          error: {
            message:
              "Rate limit exceeded: free-models-per-day. Add 10 credits to unlock 1000 free model requests per day",
            code: 429,
          },
        },
      },
    ],
  },
  {
    means: ALLOWANCE,
    status: [429],
    waitsAtLeastMs: HOUR_MS,
    said: [
      {
        by: "Azure",
        source: "alex-wolf-ps/dbchatprov2#2",
        status: 429,
        body: {
          error: {
            code: "429",
            message:
              "Requests to the ChatCompletions_Create Operation under Azure OpenAI API version 2024-05-01-preview have exceeded token rate limit of your current OpenAI S0 pricing tier. Please retry after 86400 seconds.",
          },
        },
      },
      {
        by: "Cerebras",
        source: "https://inference-docs.cerebras.ai/support/rate-limits",
        status: 429,
        headers: { "x-ratelimit-remaining-requests-day": "0", "x-ratelimit-reset-requests-day": "33011.382867" },
        body: { type: "too_many_requests_error", param: "quota", code: "request_quota_exceeded" },
      },
    ],
  },
  {
    means: ALLOWANCE,
    words: /usage limit(?: reached)?|payment is past due/i,
    said: [
      {
        by: "Ollama's cloud",
        source: "continuedev/continue#11444",
        status: 429,
        body: {
          error:
            "you (someone) have reached your session usage limit, upgrade for higher limits: https://ollama.com/upgrade",
        },
      },
      {
        by: "z.ai",
        source: "continuedev/continue#13195",
        status: 429,
        body: {
          error: {
            code: "1308",
            message: "Usage limit reached for 5 hour. Your limit will reset at 2026-08-27 21:31:39",
          },
        },
      },
      {
        by: "Ollama's cloud",
        source: "continuedev/continue#13195",
        status: 403,
        body: {
          error:
            "your subscription payment is past due. update your payment method: https://ollama.com/settings/billing",
        },
      },
    ],
  },
  {
    means: KEY_LIMIT,
    words: /Key limit exceeded|budget has been exceeded|exceeded budget|ExceededBudget/i,
    said: [
      {
        by: "OpenRouter",
        source: "https://openrouter.ai/docs/api/reference/limits",
        status: 403,
        body: {
          error: {
            message: "Key limit exceeded (total limit). Manage it using https://openrouter.ai/settings/keys",
            code: 403,
          },
        },
      },
      {
        by: "LiteLLM",
        source: "BerriAI/litellm#22726",
        status: 400,
        body: {
          error: {
            message: "Budget has been exceeded! Current cost: 26.075, Max budget: 0.25",
            type: "budget_exceeded",
            param: null,
            code: "400",
          },
        },
      },
    ],
  },
  {
    // A spending budget for calls in flight: it is free again when they have ended.
    means: LATER,
    status: [402],
    asksToWait: true,
    said: [
      {
        by: "OpenRouter",
        source: "https://openrouter.ai/docs/projects/docs/api_reference/errors-and-debugging",
        status: 402,
        headers: { "retry-after": "3" },
        body: {
          error: {
            code: 402,
            message:
              "This request would exceed your available credits given your current in-flight requests. Retry after in-flight requests settle, or add credits.",
            metadata: { reason: "in_flight_budget_exhausted", limit_source: "openrouter_in_flight_budget" },
          },
        },
      },
    ],
  },
  {
    means: NO_MONEY,
    code: /^(?:insufficient_quota|insufficient_credits|billing_\w+|1113)$/,
    said: [
      {
        by: "OpenAI",
        source: "https://platform.openai.com/docs/guides/error-codes",
        status: 429,
        body: {
          error: {
            message: "You exceeded your current quota, please check your plan and billing details.",
            type: "insufficient_quota",
            param: null,
            code: "insufficient_quota",
          },
        },
      },
      {
        by: "z.ai",
        source: "zai-org/feedback#789",
        status: 429,
        body: {
          error: { code: "1113", message: "Insufficient balance or no resource package. Please recharge." },
        },
      },
    ],
  },
  {
    means: NO_MONEY,
    type: /^(?:insufficient_quota|quota_exceeded|credit_limit)$/,
    said: [
      {
        by: "Mistral",
        source: "no public page: as users tell it",
        status: 429,
        body: {
          object: "error",
          message: "Monthly token quota exceeded.",
          type: "quota_exceeded",
          param: null,
          code: "1301",
        },
      },
      {
        by: "Together",
        source: "expectedparrot/edsl#2098",
        status: 402,
        body: {
          id: "o3LiXw4",
          error: {
            message:
              "Credit limit exceeded. Please navigate to https://api.together.xyz/settings/billing to add credit or upgrade your plan.",
            type: "credit_limit",
            param: null,
            code: null,
          },
        },
      },
    ],
  },
  {
    means: NO_MONEY,
    words:
      /credit balance is too low|insufficient (?:balance|credits?|funds)|余额不足|requires more credits|(?:doesn't|not) have any credits|(?:used all available|run out of) credits|monthly spending limit|credit limit exceeded|billing hard limit|check your billing|exceeded your monthly included credits/i,
    said: [
      {
        by: "Anthropic",
        source: "anthropics/claude-quickstarts#229",
        status: 400,
        body: {
          error: {
            type: "invalid_request_error",
            message:
              "Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits.",
          },
        },
      },
      {
        by: "DeepSeek",
        source: "continuedev/continue#9942",
        status: 402,
        body: {
          error: { message: "Insufficient Balance", type: "unknown_error", param: null, code: "invalid_request_error" },
        },
      },
      {
        by: "DeepSeek through LiteLLM",
        source: "Aider-AI/aider#4851",
        status: 400,
        body: {
          error: {
            message:
              'litellm.BadRequestError: DeepseekException - {"error":{"message":"Insufficient Balance","type":"unknown_error","param":null,"code":"invalid_request_error"}}',
            type: null,
            param: null,
            code: "400",
          },
        },
      },
      {
        by: "xAI",
        source: "continuedev/continue#12670",
        status: 403,
        body: {
          code: "The caller does not have permission to execute the specified operation",
          error:
            "Your newly created team doesn't have any credits or licenses yet. You can purchase those on https://console.x.ai/team/481c7584.",
        },
      },
      {
        by: "xAI",
        source: "continuedev/continue#10373",
        status: 429,
        body: {
          code: "Some resource has been exhausted",
          error:
            "Your team 16f2151a has either used all available credits or reached its monthly spending limit. To continue making API requests, please purchase more credits or raise your spending limit.",
        },
      },
      {
        by: "Fireworks",
        source: "pollinations/pollinations#12136",
        status: 412,
        body: {
          error: {
            message:
              "Account a is suspended, possibly due to reaching the monthly spending limit or failure to pay past invoices. Please go to https://fireworks.ai/account/billing for more information.",
            param: null,
            code: "PRECONDITION_FAILED",
            type: "error",
          },
        },
      },
      {
        by: "z.ai",
        source: "continuedev/continue#11823",
        status: 429,
        body: { error: { message: "余额不足或无可用资源包,请充值。" } },
      },
    ],
  },
  {
    means: SLOW_DOWN,
    words: /exceeded your current quota/i,
    asksToWait: true,
    said: [
      {
        by: "Gemini",
        source: "google-gemini/gemini-cli#8437",
        status: 429,
        body: [
          {
            error: {
              code: 429,
              message:
                "You exceeded your current quota, please check your plan and billing details. * Quota exceeded for metric: generate_content_free_tier_requests, limit: 10\nPlease retry in 12s.",
              status: "RESOURCE_EXHAUSTED",
              details: [{ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "12s" }],
            },
          },
        ],
      },
    ],
  },
  {
    means: NO_MONEY,
    words: /exceeded your current quota/i,
    said: [
      {
        by: "LiteLLM before OpenAI",
        source: "https://docs.litellm.ai/docs/exception_mapping",
        status: 429,
        body: {
          error: {
            message:
              "litellm.RateLimitError: RateLimitError: OpenAIException - You exceeded your current quota, please check your plan and billing details.",
            type: "throttling_error",
            param: null,
            code: "429",
          },
        },
      },
    ],
  },
  {
    means: NO_MONEY,
    status: [402],
    said: [
      {
        by: "OpenRouter",
        source: "continuedev/continue#10962",
        status: 402,
        body: {
          error: {
            message:
              "Prompt tokens limit exceeded: 69120 > 36608. To increase, visit https://openrouter.ai/settings/credits and upgrade to a paid account",
            code: 402,
          },
        },
      },
    ],
  },
];
