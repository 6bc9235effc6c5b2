import type { FaultRow } from "../fault-row.ts";
import { LATER, LOADING, OVERLOADED, QUEUE_FULL, SLOW_DOWN } from "../meanings.ts";

/** Statuses of servers that are busy; others may repeat what a chat says. */
const BUSY = [200, 429, 498, 500, 502, 503, 504, 529];

/** Not now: the lane waits, for as long as it is told or longer each time, and no item is tried in vain. */
export const PACE_ROWS: readonly FaultRow[] = [
  {
    means: LOADING,
    words: /^Loading model|is currently loading/i,
    said: [
      {
        by: "llama.cpp",
        source: "mostlygeek/llama-swap#146",
        status: 503,
        body: { error: { code: 503, message: "Loading model", type: "unavailable_error" } },
      },
      {
        by: "Hugging Face",
        source: "https://huggingface.co/docs/api-inference/errors",
        status: 503,
        body: { error: "Model meta-llama/Llama-3 is currently loading", estimated_time: 20 },
      },
    ],
  },
  {
    means: QUEUE_FULL,
    status: BUSY,
    words: /maximum pending requests|queue is full|queue_exceeded|no slots available/i,
    said: [
      {
        by: "Ollama",
        source: "ollama/ollama#4144",
        status: 503,
        body: { error: "server busy, please try again.  maximum pending requests exceeded" },
      },
      {
        by: "SGLang",
        source: "sgl-project/sglang#7565",
        status: 503,
        body: { error: { message: "The request queue is full.", type: "ServiceUnavailable", code: 503 } },
      },
    ],
  },
  {
    means: OVERLOADED,
    code: /^(?:queue_exceeded|capacity_exceeded|server_overloaded|1305)$/,
    said: [
      {
        by: "Cerebras",
        source: "https://inference-docs.cerebras.ai/support/error",
        status: 429,
        body: {
          message: "We're experiencing high traffic right now! Please try again soon.",
          type: "too_many_requests_error",
          param: "queue",
          code: "queue_exceeded",
        },
      },
      {
        by: "Groq, flex tier",
        source: "https://console.groq.com/docs/flex-processing",
        status: 498,
        body: {
          error: {
            message: "Flex tier capacity exceeded.",
            type: "capacity_exceeded",
            code: "capacity_exceeded",
          },
        },
      },
      {
        by: "z.ai",
        source: "NousResearch/hermes-agent#93507",
        status: 429,
        body: {
          error: { code: "1305", message: "The service may be temporarily overloaded, please try again later" },
        },
      },
    ],
  },
  {
    means: OVERLOADED,
    status: BUSY,
    words: /\boverloaded\b|capacity exceeded|at capacity|high traffic|no capacity available|CAPACITY_EXHAUSTED/i,
    said: [
      {
        by: "Anthropic",
        source: "https://docs.anthropic.com/en/api/errors",
        status: 529,
        body: { error: { type: "overloaded_error", message: "Overloaded" } },
      },
      {
        by: "Gemini",
        source: "google-gemini/gemini-cli#12932",
        status: 503,
        body: [
          {
            error: {
              code: 503,
              message: "The model is overloaded. Please try again later.",
              status: "UNAVAILABLE",
            },
          },
        ],
      },
      {
        by: "Gemini",
        source: "google-gemini/gemini-cli#23520",
        status: 503,
        body: {
          error: { code: 503, message: "No capacity available for model on the server", status: "UNAVAILABLE" },
        },
      },
      {
        by: "OpenAI",
        source: "https://platform.openai.com/docs/guides/error-codes",
        status: 503,
        body: {
          error: {
            message: "The engine is currently overloaded, please try again later",
            type: "server_error",
            param: null,
            code: null,
          },
        },
      },
      {
        by: "Mistral",
        source: "continuedev/continue#6185",
        status: 429,
        body: {
          object: "error",
          message: "Service tier capacity exceeded for this model.",
          type: "invalid_request_error",
          param: null,
          code: null,
        },
      },
      {
        by: "Text Generation Inference",
        source: "huggingface/text-generation-inference#439",
        status: 429,
        body: { error: "Model is overloaded", error_type: "overloaded" },
      },
      {
        by: "Together",
        source: "cline/cline#440",
        status: 503,
        body: { error: { message: "server is overloaded.", type: "service_unavailable" } },
      },
      {
        by: "Ollama's cloud",
        source: "ollama/ollama#15934",
        status: 503,
        body: { error: "Server overloaded, please retry shortly (ref: 1f2e3d4c)" },
      },
    ],
  },
  {
    means: SLOW_DOWN,
    words:
      /ThrottlingException|Too many tokens, please wait|rate.limit(?:ed|s)? (?:reached|exceeded)|rate-limited upstream/i,
    said: [
      {
        by: "Bedrock through a gateway",
        source: "anthropics/claude-code#1466",
        status: 500,
        body: {
          error: {
            message:
              "An error occurred (ThrottlingException) when calling the InvokeModel operation (reached max retries: 2): Too many tokens, please wait before trying again.",
          },
        },
      },
      {
        by: "OpenRouter, inside an answer",
        source: "https://openrouter.ai/docs/api/reference/errors-and-debugging",
        status: "in answer",
        body: { error: { code: 429, message: "Rate limit exceeded" } },
      },
      {
        by: "OpenRouter, for a provider",
        source: "open-webui/computer#293",
        status: 429,
        body: {
          error: {
            message: "Provider returned error",
            code: 429,
            metadata: {
              raw: "z-ai/glm-5.3-flash is temporarily rate-limited upstream. Please retry shortly, or add your own key to accumulate your rate limits",
              provider_name: "BaseTen",
            },
          },
        },
      },
      {
        by: "Groq",
        source: "ago19800/HomeMind#29",
        status: 429,
        body: {
          error: {
            message:
              "Rate limit reached for model `llama-3.3-70b-versatile` in organization `o` service tier `on_demand` on tokens per minute (TPM): Limit 12000, Used 4437, Requested 9854. Please try again in 11.455s.",
            type: "tokens",
            code: "rate_limit_exceeded",
          },
        },
      },
      {
        by: "z.ai",
        source: "kaitranntt/ccs#536",
        status: 429,
        body: { error: { code: "1302", message: "Rate limit reached for requests" } },
      },
      {
        by: "Mistral",
        source: "cline/cline#9085",
        status: 429,
        body: {
          object: "error",
          message: "Rate limit exceeded",
          type: "rate_limited",
          param: null,
          code: "1300",
        },
      },
    ],
  },
  {
    means: SLOW_DOWN,
    status: [429],
    said: [
      {
        by: "Azure",
        source: "microsoft/sample-app-aoai-chatGPT#406",
        status: 429,
        body: {
          error: {
            code: "429",
            message:
              "Requests to the Creates a completion for the chat message Operation under Azure OpenAI API version 2023-03-15-preview have exceeded token rate limit of your current OpenAI S0 pricing tier. Please retry after 9 seconds.",
          },
        },
      },
      {
        by: "Gemini",
        source: "google-gemini/gemini-cli#2020",
        status: 429,
        body: [
          {
            error: {
              code: 429,
              message: "Resource has been exhausted (e.g. check quota).",
              status: "RESOURCE_EXHAUSTED",
              details: [{ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "34s" }],
            },
          },
        ],
      },
      {
        by: "Cerebras",
        source: "nminaya/grammar-nazi-bot#954",
        status: 429,
        body: {
          message: "Requests per minute limit exceeded - too many requests sent.",
          type: "too_many_requests_error",
          param: "quota",
          code: "request_quota_exceeded",
        },
      },
      {
        by: "Anthropic",
        source: "https://docs.anthropic.com/en/api/rate-limits",
        status: 429,
        headers: { "retry-after": "12" },
        body: {
          error: { type: "rate_limit_error", message: "This request would exceed your organization's rate limit" },
        },
      },
      {
        by: "Together",
        source: "xtekky/gpt4free#3032",
        status: 429,
        body: {
          error: {
            message:
              "You have reached the rate limit specific to this model. The maximum rate limit for this model is 9.0 queries per minute.",
            type: "model_rate_limit",
          },
        },
      },
    ],
  },
  {
    means: OVERLOADED,
    status: [498, 503, 529],
    said: [
      {
        by: "nginx",
        source: "https://nginx.org/en/docs/http/ngx_http_limit_req_module.html",
        status: 503,
        headers: { "content-type": "text/html" },
        body: "<html>\r\n<head><title>503 Service Temporarily Unavailable</title></head>\r\n<body><center><h1>503 Service Temporarily Unavailable</h1></center></body></html>",
      },
    ],
  },
  {
    // Whoever says how long to wait expects another call, whatever the status.
    means: LATER,
    asksToWait: true,
    said: [
      {
        by: "any HTTP server",
        source: "https://www.rfc-editor.org/rfc/rfc9110#field.retry-after",
        status: 500,
        headers: { "retry-after": "8" },
        body: { error: { message: "The server had an error" } },
      },
    ],
  },
];
