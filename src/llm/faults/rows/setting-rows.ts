import type { FaultRow } from "../fault-row.ts";
import { BAD_REQUEST, REFUSED_SETTING } from "../meanings.ts";

/** What we ask for beside the prompt, and how: the next call would be refused for it too. A group names the setting. */
export const SETTING_ROWS: readonly FaultRow[] = [
  {
    means: REFUSED_SETTING,
    words: /^option "(?<setting>[^"]{1,80})" must be of type/i,
    said: [
      {
        by: "Ollama",
        source: "ollama/ollama api/types.go",
        status: 500,
        body: { error: 'option "num_ctx" must be of type integer' },
      },
    ],
  },
  {
    means: REFUSED_SETTING,
    words: /^invalid (?<setting>format):/i,
    said: [
      {
        by: "Ollama",
        source: "ollama/ollama llm/server.go",
        status: 500,
        body: { error: 'invalid format: 1; expected "json" or a valid JSON Schema object' },
      },
    ],
  },
  {
    means: REFUSED_SETTING,
    words:
      /(?<setting>JSON schema) conversion failed|failed to parse (?<grammar>grammar)|Invalid schema for (?<format>response_format)/i,
    said: [
      {
        by: "llama.cpp",
        source: "ggml-org/llama.cpp common/json-schema-to-grammar.cpp",
        status: 400,
        body: {
          error: {
            code: 400,
            message: "JSON schema conversion failed:\nUnrecognized schema: {}",
            type: "invalid_request_error",
          },
        },
      },
      {
        by: "OpenAI",
        source: "https://platform.openai.com/docs/guides/structured-outputs",
        status: 400,
        body: {
          error: {
            message:
              "Invalid schema for response_format 'answer': In context=(), 'additionalProperties' is required to be supplied and to be false.",
            type: "invalid_request_error",
            param: "response_format",
            code: null,
          },
        },
      },
    ],
  },
  {
    means: REFUSED_SETTING,
    words:
      /Unsupported parameter: '(?<setting>[^']{1,80})'|Unrecognized request arguments? supplied: (?<argument>[\w.]{1,80})|^(?<field>[\w.]{1,80}): Extra inputs are not permitted|(?<format>response_format)(?:\.type `\w{1,40}`| type) is unavailable/i,
    said: [
      {
        by: "OpenAI, Azure",
        source: "https://platform.openai.com/docs/guides/reasoning",
        status: 400,
        body: {
          error: {
            message:
              "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
            type: "invalid_request_error",
            param: "max_tokens",
            code: "unsupported_parameter",
          },
        },
      },
      {
        by: "Azure",
        source: "https://learn.microsoft.com/azure/ai-services/openai/reference",
        status: 400,
        body: {
          error: {
            message: "Unrecognized request argument supplied: stream_options",
            type: "invalid_request_error",
            param: null,
            code: null,
          },
        },
      },
      {
        by: "Mistral",
        source: "RooCodeInc/Roo-Code#6868",
        status: 422,
        body: {
          object: "error",
          message: {
            detail: [
              {
                type: "extra_forbidden",
                loc: ["body", "stream_options"],
                msg: "Extra inputs are not permitted",
                input: { include_usage: true },
              },
            ],
          },
          type: "invalid_request_error",
          param: null,
          code: null,
        },
      },
      {
        by: "DeepSeek",
        source: "bytedance/deer-flow#545",
        status: 400,
        body: {
          error: {
            message: "This response_format type is unavailable now",
            type: "invalid_request_error",
            param: null,
            code: "invalid_request_error",
          },
        },
      },
      {
        by: "DeepSeek",
        source: "browser-use/browser-use#215",
        status: 422,
        body: {
          error: {
            message:
              "Failed to deserialize the JSON body into the target type: response_format: response_format.type `json_schema` is unavailable now at line 1 column 12440",
          },
        },
      },
    ],
  },
  {
    means: REFUSED_SETTING,
    code: /^(?:unsupported_parameter|unsupported_value|unknown_parameter)$/,
    said: [
      {
        by: "OpenAI",
        source: "chatboxai/chatbox#2263",
        status: 400,
        body: {
          error: {
            message:
              "Your organization must be verified to stream this model. Please go to: https://platform.openai.com/settings/organization/general and click on Verify Organization.",
            type: "invalid_request_error",
            param: "stream",
            code: "unsupported_value",
          },
        },
      },
    ],
  },
  {
    means: REFUSED_SETTING,
    status: [400, 422],
    param: /^(?:max_tokens|max_completion_tokens|temperature|stream|stream_options|response_format)\b/,
    said: [
      {
        by: "OpenAI",
        source: "https://platform.openai.com/docs/guides/error-codes",
        status: 400,
        body: {
          error: {
            message: "Invalid 'temperature': decimal above maximum value. Expected a value <= 2, but got 3 instead.",
            type: "invalid_request_error",
            param: "temperature",
            code: "decimal_above_max_value",
          },
        },
      },
    ],
  },
  {
    means: BAD_REQUEST,
    status: [400],
    words: /^missing request body|^invalid character|cannot unmarshal/i,
    said: [
      {
        by: "Ollama",
        source: "ollama/ollama server/routes.go",
        status: 400,
        body: { error: "missing request body" },
      },
    ],
  },
];
