import type { FaultRow } from "../fault-row.ts";
import { BLOCKED_PAGE, BROKEN_OFF, CLIENT_GONE, KEY_OR_CHAT, NOT_NOW, RUNNER_DIED, SERVER_FAULT } from "../meanings.ts";

/** What a status alone means. */
export const STATUS_ROWS: readonly FaultRow[] = [
  {
    means: BLOCKED_PAGE,
    isPage: true,
    status: [403, 406],
    said: [
      {
        by: "Cloudflare",
        source: "openai/codex#4284",
        status: 403,
        headers: { "content-type": "text/html", server: "cloudflare" },
        body: "<!DOCTYPE html><html><head><title>Attention Required! | Cloudflare</title></head><body><h1>Sorry, you have been blocked</h1></body></html>",
      },
      {
        by: "Cloudflare",
        source: "anthropics/claude-code#30437",
        status: 403,
        headers: { "content-type": "text/html", "cf-mitigated": "challenge" },
        body: '<!DOCTYPE html><html lang="en-US"><head><title>Just a moment...</title></head><body>Enable JavaScript and cookies to continue</body></html>',
      },
    ],
  },
  {
    means: KEY_OR_CHAT,
    status: [403],
    said: [
      {
        by: "LiteLLM",
        source: "BerriAI/litellm litellm/proxy/auth/route_checks.py",
        status: 403,
        body: {
          error: {
            message: "Virtual key is not allowed to call this route. Only allowed to call routes: ['llm_api_routes']",
            type: "auth_error",
            code: "403",
          },
        },
      },
    ],
  },
  {
    means: CLIENT_GONE,
    status: [499],
    said: [
      {
        by: "Ollama",
        source: "ollama/ollama server/routes.go",
        status: 499,
        body: { error: "request canceled" },
      },
    ],
  },
  {
    means: NOT_NOW,
    status: [408, 409, 421, 425],
    said: [
      {
        by: "OpenRouter",
        source: "https://openrouter.ai/docs/api/reference/errors-and-debugging",
        status: 408,
        body: { error: { code: 408, message: "Your request timed out" } },
      },
    ],
  },
  {
    means: SERVER_FAULT,
    status: "5xx",
    said: [
      {
        by: "OpenAI",
        source: "https://platform.openai.com/docs/guides/error-codes",
        status: 500,
        body: {
          error: {
            message: "The server had an error while processing your request",
            type: "server_error",
            param: null,
            code: null,
          },
        },
      },
      {
        by: "vLLM",
        source: "vllm-project/vllm#24495",
        status: 500,
        body: {
          error: {
            message: "EngineCore encountered an issue. See stack trace (above) for the root cause.",
            type: "Internal Server Error",
            param: null,
            code: 500,
          },
        },
      },
      {
        by: "llama.cpp, in its old way",
        source: "ikawrakow/ik_llama.cpp#1619",
        status: "in answer",
        body: {
          code: 500,
          message: "Input prompt is too big compared to KV size. Please try increasing KV size.",
          type: "server_error",
        },
      },
      {
        by: "OpenRouter, inside an answer",
        source: "https://openrouter.ai/docs/api/reference/errors-and-debugging",
        status: "in answer",
        body: { error: { code: 502, message: "Provider disconnected" } },
      },
      {
        by: "Cloudflare",
        source:
          "https://developers.cloudflare.com/support/troubleshooting/http-status-codes/cloudflare-5xx-errors/error-520/",
        status: 520,
        headers: { "content-type": "text/html" },
        body: '<!DOCTYPE html>\n<html class="no-js" lang="en-US">\n<head><title>api.example.test | 520: Web server is returning an unknown error</title><meta charset="UTF-8" /><style>body{margin:0}</style></head><body><h1>Web server is returning an unknown error <span>Error code 520</span></h1></body></html>',
      },
      {
        by: "Cloudflare",
        source:
          "https://developers.cloudflare.com/support/troubleshooting/http-status-codes/cloudflare-5xx-errors/error-524/",
        status: 524,
        headers: { "content-type": "text/plain" },
        body: "error code: 524",
      },
      {
        by: "LiteLLM, whose server is gone",
        source: "https://docs.litellm.ai/docs/exception_mapping",
        status: 500,
        body: {
          error: {
            message: "litellm.InternalServerError: OpenAIException - Connection error.",
            type: null,
            param: null,
            code: "500",
          },
        },
      },
    ],
  },
  {
    means: RUNNER_DIED,
    adapter: "ollama",
    status: [200],
    said: [
      {
        by: "Ollama",
        source: "ollama/ollama server/routes.go",
        status: "in answer",
        body: { error: "unexpected EOF" },
      },
    ],
  },
  {
    means: BROKEN_OFF,
    status: [200],
    said: [
      {
        by: "any server",
        source: "https://openrouter.ai/docs/api/reference/errors-and-debugging",
        status: "in answer",
        body: { error: { message: "Internal error" } },
      },
    ],
  },
];
