import type { FaultRow } from "../fault-row.ts";
import {
  BAD_NAME,
  CANNOT_CHAT,
  MODEL_ASLEEP,
  MODEL_GONE,
  MOVED,
  NO_API,
  NO_ENDPOINT,
  NO_MODEL,
  NO_MODEL_OR_API,
  PAGE_NOT_API,
  PULL,
} from "../meanings.ts";

/** Models that are not there, and addresses of something else. */
export const MODEL_ROWS: readonly FaultRow[] = [
  {
    means: CANNOT_CHAT,
    words: /^"[^"]{1,200}" does not support (?:chat|thinking|generate|tools|completion)/i,
    said: [
      {
        by: "Ollama",
        source: "ollama/ollama server/routes.go",
        status: 400,
        body: { error: '"embedder" does not support chat' },
      },
    ],
  },
  {
    means: BAD_NAME,
    words: /^model is required|invalid model name/i,
    said: [
      {
        by: "Ollama",
        source: "ollama/ollama server/routes.go",
        status: 400,
        body: { error: "model is required" },
      },
      {
        by: "LiteLLM",
        source: "BerriAI/litellm litellm/proxy/route_llm_request.py",
        status: 400,
        body: {
          error: {
            message:
              "/chat/completions: Invalid model name passed in model=gone. Call `/v1/models` to view available models for your key.",
            type: "None",
            param: "None",
            code: "400",
          },
        },
      },
    ],
  },
  {
    means: PULL,
    adapter: "ollama",
    status: [404],
    said: [
      {
        by: "Ollama",
        source: "ollama/ollama server/routes.go",
        status: 404,
        body: { error: "model 'gone' not found" },
      },
    ],
  },
  {
    means: MODEL_GONE,
    words: /\bmodel\b.{0,200}has been (?:decommissioned|deprecated|retired|shut down)/i,
    said: [
      {
        by: "Groq",
        source: "atiilla/sqlmap-ai#3",
        status: 400,
        body: {
          error: {
            message:
              "The model `qwen-qwq-32b` has been decommissioned and is no longer supported. Please refer to https://console.groq.com/docs/deprecations for a recommendation on which model to use instead.",
            type: "invalid_request_error",
            code: "model_decommissioned",
          },
        },
      },
    ],
  },
  {
    means: NO_ENDPOINT,
    words: /no (?:allowed )?(?:endpoints|providers) (?:found|are available|available) (?:matching|for)/i,
    said: [
      {
        by: "OpenRouter",
        source: "ShamanicArts/Flow.Launcher.Plugin.AI-Assistant#2",
        status: 404,
        body: {
          error: {
            message:
              "No endpoints found matching your data policy. Enable prompt training here: https://openrouter.ai/settings/privacy",
            code: 404,
          },
        },
      },
      {
        by: "OpenRouter",
        source: "truefoundry/models#826",
        status: 404,
        body: {
          error: {
            message:
              "No endpoints available matching your guardrail restrictions and data policy. Configure: https://openrouter.ai/settings/privacy",
            code: 404,
          },
        },
      },
    ],
  },
  {
    means: MODEL_ASLEEP,
    words:
      /^The dedicated endpoint for .{1,200} is not running|Unable to access non-serverless model|^No models loaded/i,
    said: [
      {
        by: "Together",
        source: "HeyPuter/puter#3168",
        status: 400,
        body: {
          id: "okkMWzu",
          error: {
            message:
              "The dedicated endpoint for mistralai/Mixtral-8x22B-Instruct-v0.1 is not running. Please visit https://api.together.ai/models to start the endpoint.",
            type: "invalid_request_error",
            param: null,
            code: "dedicated_endpoint_not_running",
          },
        },
      },
      {
        by: "Together",
        source: "truefoundry/models#919",
        status: 400,
        body: {
          error: {
            message:
              "Unable to access non-serverless model MiniMaxAI/MiniMax-M2.5. Please visit https://api.together.ai/models/MiniMaxAI/MiniMax-M2.5 to create and start a new dedicated endpoint for the model.",
            type: "invalid_request_error",
            param: null,
            code: "model_not_available",
          },
        },
      },
      {
        by: "LM Studio",
        source: "canopyai/Orpheus-TTS#229",
        status: 404,
        body: {
          error: {
            message: "No models loaded. Please load a model in the developer page or use the `lms load` command.",
            type: "invalid_request_error",
            param: "model",
            code: "model_not_found",
          },
        },
      },
    ],
  },
  {
    means: NO_MODEL,
    code: /^(?:model_not_found|model_not_available|DeploymentNotFound|invalid_model|1211)$/,
    said: [
      {
        by: "OpenAI, Groq",
        source: "https://platform.openai.com/docs/guides/error-codes",
        status: 404,
        body: {
          error: {
            message: "The model `gone` does not exist or you do not have access to it.",
            type: "invalid_request_error",
            param: null,
            code: "model_not_found",
          },
        },
      },
      {
        by: "Azure",
        source: "chatboxai/chatbox#739",
        status: 404,
        body: {
          error: {
            code: "DeploymentNotFound",
            message:
              "The API deployment for this resource does not exist. If you created the deployment within the last 5 minutes, please wait a moment and try again.",
          },
        },
      },
      {
        by: "z.ai",
        source: "https://docs.z.ai/api-reference/api-code",
        status: 400,
        body: { error: { code: "1211", message: "Unknown Model, please check the model code." } },
      },
    ],
  },
  {
    means: NO_MODEL,
    words:
      /is not a valid model ID|Model Not Exist|^model ["'][^"']{1,200}["'] not found|^Invalid model\b|is not found for API version|The model `[^`]{1,200}` does not exist|^Model not found|provided model identifier is invalid|on-demand throughput isn.t supported/i,
    said: [
      {
        by: "OpenRouter",
        source: "RightNow-AI/openfang#697",
        status: 400,
        body: { error: { message: "healer-alpha is not a valid model ID", code: 400 }, user_id: "user_39" },
      },
      {
        by: "DeepSeek",
        source: "ConardLi/easy-dataset#9",
        status: 400,
        body: {
          error: {
            message: "Model Not Exist",
            type: "invalid_request_error",
            param: null,
            code: "invalid_request_error",
          },
        },
      },
      {
        by: "Ollama's /v1",
        source: "ollama/ollama middleware/openai.go",
        status: 404,
        body: { error: { message: "model 'gone' not found", type: "not_found_error", param: null, code: null } },
      },
      {
        by: "Mistral",
        source: "https://docs.mistral.ai/api",
        status: 400,
        body: {
          object: "error",
          message: "Invalid model: mistral-tiny-9",
          type: "invalid_model",
          param: null,
          code: "1500",
        },
      },
      {
        by: "Gemini",
        source: "https://ai.google.dev/gemini-api/docs/troubleshooting",
        status: 404,
        body: [
          {
            error: {
              code: 404,
              message:
                "models/gemini-1.5-flash is not found for API version v1main, or is not supported for generateContent.",
              status: "NOT_FOUND",
            },
          },
        ],
      },
      {
        by: "vLLM",
        source: "vllm-project/vllm vllm/entrypoints/openai/serving_engine.py",
        status: 404,
        body: {
          object: "error",
          message: "The model `gone` does not exist.",
          type: "NotFoundError",
          param: null,
          code: 404,
        },
      },
      {
        by: "Fireworks",
        source: "https://docs.fireworks.ai/guides/inference-error-codes",
        status: 404,
        body: {
          error: { message: "Model not found, inaccessible, and/or not deployed", code: "NOT_FOUND", type: "error" },
        },
      },
      {
        by: "Bedrock through LiteLLM",
        source: "anthropics/claude-code#1466",
        status: 400,
        body: {
          error: {
            message:
              "litellm.BadRequestError: BedrockException - Invocation of model ID anthropic.claude-sonnet-4 with on-demand throughput isn’t supported. Retry your request with the ID or ARN of an inference profile that contains this model.",
            type: null,
            param: null,
            code: "400",
          },
        },
      },
    ],
  },
  {
    means: PAGE_NOT_API,
    isPage: true,
    status: [200, 400, 404],
    said: [
      {
        by: "a page to log in at a network",
        source: "https://www.rfc-editor.org/rfc/rfc8952",
        status: 200,
        headers: { "content-type": "text/html" },
        body: "<html><title>Sign in to the corporate proxy</title></html>",
      },
      {
        by: "nginx",
        source: "https://nginx.org/en/docs/http/ngx_http_core_module.html#error_page",
        status: 404,
        headers: { "content-type": "text/html" },
        body: "<html>\r\n<head><title>404 Not Found</title></head>\r\n<body><center><h1>404 Not Found</h1></center></body></html>",
      },
    ],
  },
  {
    means: NO_MODEL_OR_API,
    status: [404],
    said: [
      {
        by: "Go's HTTP server",
        source: "https://pkg.go.dev/net/http#NotFound",
        status: 404,
        headers: { "content-type": "text/plain" },
        body: "404 page not found",
      },
    ],
  },
  {
    means: MOVED,
    status: "3xx",
    said: [
      {
        by: "any HTTP server",
        source: "https://www.rfc-editor.org/rfc/rfc9110#status.308",
        status: 308,
        headers: { location: "https://other.test/v1/chat/completions" },
        body: "",
      },
    ],
  },
  {
    means: NO_API,
    status: [405, 501],
    said: [
      {
        by: "any HTTP server",
        source: "https://www.rfc-editor.org/rfc/rfc9110#status.405",
        status: 405,
        headers: { "content-type": "text/plain" },
        body: "405 method not allowed",
      },
    ],
  },
];
