import type { FaultRow } from "../fault-row.ts";
import { TOO_LARGE, TOO_LARGE_A_MINUTE, TOO_LONG } from "../meanings.ts";

/** Prompts that do not fit: these are cut smaller. In a 5xx and inside an answer only where the row says so. */
export const CONTEXT_ROWS: readonly FaultRow[] = [
  {
    // The server's own code says it, whatever the status.
    means: TOO_LONG,
    code: /^(?:context_length_exceeded|string_above_max_length|max_tokens_per_request|1261)$/,
    said: [
      {
        by: "OpenAI, of texts to embed",
        source: "assafelovic/gpt-researcher#1524",
        status: 400,
        body: {
          error: {
            message: "Requested 416735 tokens, max 300000 tokens per request",
            type: "max_tokens_per_request",
            param: null,
            code: "max_tokens_per_request",
          },
        },
      },
      {
        by: "OpenAI",
        source: "rahul2002m/ChatPDF#6",
        status: 400,
        body: {
          error: {
            message:
              "This model's maximum context length is 4097 tokens. However, your messages resulted in 6988 tokens. Please reduce the length of the messages.",
            type: "invalid_request_error",
            param: "messages",
            code: "context_length_exceeded",
          },
        },
      },
      {
        by: "Cerebras",
        source: "cline/cline#5140",
        status: 400,
        body: {
          message:
            "Please reduce the length of the messages or completion. Current length is 42328 while limit is 40000",
          type: "invalid_request_error",
          param: "messages",
          code: "context_length_exceeded",
        },
      },
      {
        by: "z.ai",
        source: "can1357/oh-my-pi#12741",
        status: 400,
        body: { error: { type: "invalid_request_error", code: "1261", message: "[1261][prompt is too long][...]" } },
      },
    ],
  },
  {
    means: TOO_LONG,
    words: /^too many tokens in batch/i,
    said: [
      {
        by: "Mistral, of texts to embed",
        source: "aurelio-labs/semantic-router#297",
        status: 400,
        body: {
          object: "error",
          message: "Too many tokens in batch. Max is 16384 got 17555",
          type: "invalid_request_error",
          param: null,
          code: null,
        },
      },
    ],
  },
  {
    means: TOO_LONG,
    status: [200, 400, 500],
    type: /^exceed_context_size_error$/,
    said: [
      {
        by: "llama.cpp",
        source: "oobabooga/textgen#7257",
        status: "in answer",
        body: {
          error: {
            code: 400,
            message:
              "the request exceeds the available context size. try increasing the context size or enable context shift",
            type: "exceed_context_size_error",
            n_prompt_tokens: 14429,
            n_ctx: 8192,
          },
        },
      },
      {
        by: "Ollama, in whose string llama.cpp's answer stands",
        source: "ollama/ollama llm/llama_server.go",
        status: 400,
        body: {
          error:
            '{"error":{"code":400,"message":"request (1010 tokens) exceeds the available context size (512 tokens), try increasing it","type":"exceed_context_size_error","n_prompt_tokens":1010,"n_ctx":512}}',
        },
      },
    ],
  },
  {
    means: TOO_LONG,
    words:
      /maximum context length|exceeds? the (?:available )?context (?:size|window|length)|longer than the (?:maximum )?context length|context (?:length|window) of only/i,
    said: [
      {
        by: "vLLM",
        source: "vllm-project/vllm#20409",
        status: 400,
        body: {
          object: "error",
          message:
            "This model's maximum context length is 16384 tokens. However, you requested 19591 tokens (9591 in the messages, 10000 in the completion). Please reduce the length of the messages or completion. None",
          type: "BadRequestError",
          param: null,
          code: 400,
        },
      },
      {
        by: "vLLM, as an event without `error`",
        source: "THUDM/LongBench#104",
        status: "in answer",
        body: {
          object: "error",
          message: "This model's maximum context length is 131072 tokens. However, you requested 351430 tokens.",
          type: "BadRequestError",
          param: null,
          code: 400,
        },
      },
      {
        by: "DeepSeek",
        source: "evalstate/fast-agent#621",
        status: 400,
        body: {
          error: {
            message:
              "This model's maximum context length is 131072 tokens. However, you requested 131134 tokens (122942 in the messages, 8192 in the completion). Please reduce the length of the messages or completion.",
            type: "invalid_request_error",
            param: null,
            code: "invalid_request_error",
          },
        },
      },
      {
        by: "OpenRouter, with what a provider said",
        source: "cline/cline#13194",
        status: 400,
        body: {
          error: {
            message: "Provider returned error",
            code: 400,
            metadata: {
              raw: '{"error":{"message":"This model\'s maximum context length is 262144 tokens. However, your messages resulted in 262897 tokens. Please reduce the length of the messages.","type":"Bad Request","code":400}}',
              provider_name: "Nvidia",
            },
          },
        },
      },
      {
        by: "Mistral",
        source: "https://docs.mistral.ai/resources/known-limitations",
        status: 400,
        body: {
          object: "error",
          message: "Prompt contains 300000 tokens, too large for model with 131072 maximum context length",
          type: "invalid_request_prompt",
          param: null,
          code: "3051",
        },
      },
      {
        by: "Fireworks",
        source: "fw-ai/cookbook#134",
        status: 400,
        body: {
          error: {
            object: "error",
            type: "invalid_request_error",
            code: "invalid_request_error",
            message: "The prompt is too long: 40177, model maximum context length: 32767",
          },
        },
      },
      {
        by: "Ollama",
        source: "ollama/ollama server/routes.go",
        status: 400,
        body: {
          error:
            "the prompt is longer than the context length currently available to the model; shorten the prompt, adjust the context length in settings, or use a model with a longer context length",
        },
      },
      {
        by: "Ollama's /v1",
        source: "ollama/ollama middleware/openai.go",
        status: 400,
        body: {
          error: {
            message: "the input length exceeds the context length",
            type: "invalid_request_error",
            param: null,
            code: null,
          },
        },
      },
      {
        by: "LM Studio",
        source: "lmstudio-ai/lmstudio-bug-tracker#546",
        status: 400,
        body: {
          error:
            "Trying to keep the first 111490 tokens when context the overflows. However, the model is loaded with context length of only 32768 tokens, which is not enough. Try to load the model with a larger context length, or provide a shorter input",
        },
      },
    ],
  },
  {
    means: TOO_LONG,
    words:
      /prompt (?:is )?too long|prompt exceeds max|maximum prompt length is|input is too long for|exceeds the maximum number of tokens|longer than the model's context|exceeds the model's maximum context|exceeds the maximum allowed length|ContextWindowExceededError|exceed context limit/i,
    said: [
      {
        by: "Anthropic",
        source: "whoz-oss/coday#26",
        status: 400,
        body: {
          error: { type: "invalid_request_error", message: "prompt is too long: 207791 tokens > 200000 maximum" },
        },
      },
      {
        by: "Anthropic",
        source: "continuedev/continue#6080",
        status: 400,
        body: {
          error: {
            type: "invalid_request_error",
            message:
              "input length and `max_tokens` exceed context limit: 199759 + 8192 > 200000, decrease input length or `max_tokens` and try again",
          },
        },
      },
      {
        by: "Gemini",
        source: "google-gemini/gemini-cli#4692",
        status: 400,
        body: [
          {
            error: {
              code: 400,
              message: "The input token count (2845475) exceeds the maximum number of tokens allowed (1048576).",
              status: "INVALID_ARGUMENT",
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
          error: "This model's maximum prompt length is 131072 but the request contains 537812 tokens.",
        },
      },
      {
        by: "Bedrock through LiteLLM",
        source: "dyad-sh/dyad#1950",
        status: 400,
        body: {
          error: {
            message: 'litellm.BadRequestError: BedrockException - {"message":"Input is too long for requested model."}',
            type: null,
            param: null,
            code: "400",
          },
        },
      },
      {
        by: "LiteLLM",
        source: "kortix-ai/suna#217",
        status: 400,
        body: {
          error: {
            message: "litellm.ContextWindowExceededError: litellm.BadRequestError: AnthropicError - prompt too big",
            type: null,
            param: null,
            code: "400",
          },
        },
      },
      {
        by: "SGLang",
        source: "QwenLM/Qwen3#1321",
        status: 400,
        body: {
          object: "error",
          message: "The input (61709 tokens) is longer than the model's context length (40960 tokens).",
          type: "BadRequestError",
          param: null,
          code: 400,
        },
      },
      {
        by: "SGLang",
        source: "sgl-project/sglang#4048",
        status: 400,
        body: { error: { message: "Input length (160062 tokens) exceeds the maximum allowed length (59862 tokens)." } },
      },
      {
        by: "z.ai",
        source: "tashfeenahmed/freellmapi#873",
        status: 400,
        body: { error: { message: "Prompt exceeds max length" } },
      },
      {
        by: "oMLX",
        source: "ValueCell-ai/ClawX#658",
        status: 400,
        body: { error: { message: "Prompt too long: 41911 tokens exceeds max context window of 32768 tokens" } },
      },
    ],
  },
  {
    means: TOO_LONG,
    words: /`inputs` (?:tokens \+ `max_new_tokens` must be <=|must have less than)/i,
    said: [
      {
        by: "Text Generation Inference, Together",
        source: "huggingface/chat-ui#340",
        status: 422,
        body: {
          error:
            "Input validation error: `inputs` tokens + `max_new_tokens` must be <= 1512. Given: 1000 `inputs` tokens and 1024 `max_new_tokens`",
          error_type: "validation",
        },
      },
      {
        by: "Text Generation Inference",
        source: "huggingface/text-generation-inference router/src/validation.rs",
        status: 422,
        body: {
          error: "Input validation error: `inputs` must have less than 1000 tokens. Given: 1500",
          error_type: "validation",
        },
      },
    ],
  },
  {
    // LM Studio says it in the stream, and llama-cpp-python with 500: words that no process that died would begin with.
    means: TOO_LONG,
    status: [200, 400, 500],
    words:
      /^(?:the number of tokens to keep from the initial prompt is greater than the context length|cannot truncate prompt with n_keep \(\d+\) >= n_ctx|requested tokens \(\d+\) exceed context window of \d+)/i,
    said: [
      {
        by: "LM Studio",
        source: "anomalyco/opencode#2259",
        status: "in answer",
        body: {
          error: {
            message:
              "The number of tokens to keep from the initial prompt is greater than the context length. Try to load the model with a larger context length, or provide a shorter input",
          },
        },
      },
      {
        by: "LM Studio",
        source: "anomalyco/opencode#11141",
        status: "in answer",
        body: { error: "Cannot truncate prompt with n_keep (15028) >= n_ctx (7424)" },
      },
      {
        by: "llama-cpp-python",
        source: "abetlen/llama-cpp-python#416",
        status: 500,
        body: {
          error: {
            message: "Requested tokens (5000) exceed context window of 4096",
            type: "internal_server_error",
            param: null,
            code: null,
          },
        },
      },
    ],
  },
  {
    // It comes as 429 or 413, but waiting does not help.
    means: TOO_LARGE_A_MINUTE,
    words: /request too large for/i,
    said: [
      {
        by: "OpenAI",
        source: "vanderschaarlab/climb#1",
        status: 429,
        body: {
          error: {
            message:
              "Request too large for gpt-4o in organization o on tokens per min (TPM): Limit 30000, Requested 30601. The input or output tokens must be reduced in order to run successfully.",
            type: "tokens",
            param: null,
            code: "rate_limit_exceeded",
          },
        },
      },
      {
        by: "Groq",
        source: "HunorLaczko/ha-groq-cloud-api#27",
        status: 413,
        body: {
          error: {
            message:
              "Request too large for model llama-3.1-8b-instant in organization o service tier on_demand on tokens per minute (TPM): Limit 6000, Requested 12328, please reduce your message size and try again.",
            type: "tokens",
            code: "rate_limit_exceeded",
          },
        },
      },
    ],
  },
  {
    means: TOO_LARGE,
    status: [413],
    said: [
      {
        by: "Azure, GitHub Models",
        source: "dyad-sh/dyad#1950",
        status: 413,
        body: {
          error: {
            code: "tokens_limit_reached",
            message: "Request body too large for gpt-5-mini model. Max size: 4000 tokens.",
          },
        },
      },
      {
        by: "nginx",
        source: "https://nginx.org/en/docs/http/ngx_http_core_module.html#client_max_body_size",
        status: 413,
        headers: { "content-type": "text/html" },
        body: "<html>\r\n<head><title>413 Request Entity Too Large</title></head>\r\n<body>\r\n<center><h1>413 Request Entity Too Large</h1></center>\r\n</body>\r\n</html>",
      },
    ],
  },
];
