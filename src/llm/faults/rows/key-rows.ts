import type { FaultRow } from "../fault-row.ts";
import { ACCOUNT_CLOSED, BAD_KEY, KEY_NOT_ALLOWED, NOT_LET, PROXY_LOGIN, SIGN_IN, WRONG_COUNTRY } from "../meanings.ts";

/** Keys, accounts and logins. */
export const KEY_ROWS: readonly FaultRow[] = [
  {
    means: SIGN_IN,
    adapter: "ollama",
    status: [401],
    said: [
      {
        by: "Ollama",
        source: "ollama/ollama docs/api/errors.mdx",
        status: 401,
        body: { error: "unauthorized", signin_url: "https://ollama.com/connect?name=host&key=abc" },
      },
    ],
  },
  {
    // Unlike other APIs, Ollama never refuses one item with 403: it means the account, the cloud switch or the host name.
    means: NOT_LET,
    adapter: "ollama",
    status: [403],
    said: [
      {
        by: "Ollama's cloud",
        source: "ollama/ollama docs/api/errors.mdx",
        status: 403,
        body: { error: "this model requires a subscription, upgrade for access: https://ollama.com/upgrade" },
      },
    ],
  },
  {
    means: WRONG_COUNTRY,
    code: /^unsupported_country/,
    said: [
      {
        by: "OpenAI",
        source: "home-assistant/core#120072",
        status: 403,
        body: {
          error: {
            code: "unsupported_country_region_territory",
            message: "Country, region, or territory not supported",
            param: null,
            type: "request_forbidden",
          },
        },
      },
    ],
  },
  {
    means: WRONG_COUNTRY,
    words: /User location is not supported for the API use/i,
    said: [
      {
        by: "Gemini",
        source: "https://ai.google.dev/gemini-api/docs/troubleshooting",
        status: 400,
        body: [
          {
            error: {
              code: 400,
              message: "User location is not supported for the API use.",
              status: "FAILED_PRECONDITION",
            },
          },
        ],
      },
    ],
  },
  {
    means: ACCOUNT_CLOSED,
    code: /^(?:organization_restricted|account_deactivated|account_suspended)$/,
    said: [
      {
        by: "Groq",
        source: "songquanpeng/one-api#1764",
        status: 400,
        body: {
          error: {
            message: "Organization has been restricted. Please reach out to support if you believe this was in error.",
            type: "invalid_request_error",
            param: "",
            code: "organization_restricted",
          },
        },
      },
    ],
  },
  {
    means: BAD_KEY,
    code: /^(?:invalid_api_key|invalid_authentication|wrong_api_key)$/,
    said: [
      {
        by: "OpenAI, Groq",
        source: "https://platform.openai.com/docs/guides/error-codes",
        status: 401,
        body: {
          error: {
            message: "Incorrect API key provided: sk-abc.",
            type: "invalid_request_error",
            param: null,
            code: "invalid_api_key",
          },
        },
      },
      {
        by: "Cerebras",
        source: "https://inference-docs.cerebras.ai/support/error",
        status: 401,
        body: { message: "Wrong API Key", type: "invalid_request_error", param: "api_key", code: "wrong_api_key" },
      },
    ],
  },
  {
    means: BAD_KEY,
    words: /API key (?:not valid|expired)|API_KEY_INVALID|^No connected db|incorrect API key provided/i,
    said: [
      {
        by: "Gemini",
        source: "babaohuang/GeminiProChat#142",
        status: 400,
        body: [
          {
            error: {
              code: 400,
              message: "API key not valid. Please pass a valid API key.",
              status: "INVALID_ARGUMENT",
              details: [{ "@type": "type.googleapis.com/google.rpc.ErrorInfo", reason: "API_KEY_INVALID" }],
            },
          },
        ],
      },
      {
        by: "xAI",
        source: "https://docs.x.ai/docs/key-information/debugging",
        status: 400,
        body: {
          code: "Client specified an invalid argument",
          error: "Incorrect API key provided: xa***yz. You can obtain an API key from https://console.x.ai.",
        },
      },
      {
        by: "LiteLLM without a database",
        source: "BerriAI/litellm litellm/proxy/auth/user_api_key_auth.py",
        status: 400,
        body: { error: { message: "No connected db.", type: "no_db_connection", param: null, code: "400" } },
      },
    ],
  },
  {
    means: KEY_NOT_ALLOWED,
    type: /^permission_error$/,
    said: [
      {
        by: "Anthropic",
        source: "https://docs.anthropic.com/en/api/errors",
        status: 403,
        body: {
          error: {
            type: "permission_error",
            message: "Your API key does not have permission to use the specified resource.",
          },
        },
      },
    ],
  },
  {
    means: BAD_KEY,
    status: [401],
    said: [
      {
        by: "Azure",
        source: "https://learn.microsoft.com/azure/ai-services/openai/how-to/troubleshooting",
        status: 401,
        body: {
          error: {
            code: "401",
            message:
              "Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key for an active subscription and use a correct regional API endpoint for your resource.",
          },
        },
      },
      {
        by: "Anthropic",
        source: "https://docs.anthropic.com/en/api/errors",
        status: 401,
        body: { error: { type: "authentication_error", message: "invalid x-api-key" } },
      },
      {
        by: "DeepSeek",
        source: "https://api-docs.deepseek.com/quick_start/error_codes",
        status: 401,
        body: {
          error: {
            message: "Authentication Fails, Your api key: ****1234 is invalid",
            type: "authentication_error",
            param: null,
            code: "invalid_request_error",
          },
        },
      },
      {
        by: "Mistral",
        source: "agent0ai/agent-zero#539",
        status: 401,
        body: { detail: "Unauthorized" },
      },
      {
        by: "OpenRouter",
        source: "https://openrouter.ai/docs/api/reference/errors-and-debugging",
        status: 401,
        body: { error: { message: "No auth credentials found", code: 401 } },
      },
      {
        by: "vLLM",
        source: "vllm-project/vllm vllm/entrypoints/openai/api_server.py",
        status: 401,
        body: { error: "Unauthorized" },
      },
      {
        by: "llama.cpp",
        source: "ggml-org/llama.cpp tools/server/README.md",
        status: 401,
        body: { error: { message: "Invalid API Key", type: "authentication_error", code: 401 } },
      },
    ],
  },
  {
    means: PROXY_LOGIN,
    status: [407],
    said: [
      {
        by: "any HTTP proxy",
        source: "https://www.rfc-editor.org/rfc/rfc9110#status.407",
        status: 407,
        headers: { "content-type": "text/html" },
        body: "<html><title>Proxy Authentication Required</title></html>",
      },
    ],
  },
];
