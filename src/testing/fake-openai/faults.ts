/**
 * What the fake does in place of a plain answer. Each is something a real server does, or the network in front of it.
 * Where half an answer is sent first, it is the first half of its events.
 */
export type OpenAIFault =
  /** Answers with this status and body; the model never runs. */
  | {
      readonly does: "respond";
      readonly status: number;
      readonly body: Readonly<Record<string, unknown>> | string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** Breaks the connection before any header. */
  | { readonly does: "reset" }
  /** Breaks the connection after half the answer. */
  | { readonly does: "reset_mid_stream" }
  /** HTTP stays 200: half the answer, then an event with `error`. */
  | { readonly does: "error_mid_stream"; readonly error: Readonly<Record<string, unknown>> }
  /** Half the answer, then a clean end. */
  | { readonly does: "end_early" }
  /** Half the answer, then `[DONE]` without a reason why it is finished. */
  | { readonly does: "done_without_finish" }
  /** The whole answer and its reason, and no `[DONE]`. */
  | { readonly does: "finish_without_done" }
  /** Half the answer, then an event that is no JSON. */
  | { readonly does: "garble_mid_stream" }
  /** Half the answer, finished for this reason, in the words of any server. */
  | { readonly does: "finish"; readonly reason: string }
  /** A finished answer with nothing in it. */
  | { readonly does: "say_nothing" }
  /** Nothing but thinking. */
  | { readonly does: "think_only" }
  /** These thoughts, and then the whole answer. */
  | { readonly does: "think_first"; readonly words: string }
  /** The whole answer to its end, and then a connection that nobody closes. */
  | { readonly does: "stay_open" }
  /** A refusal in place of an answer. */
  | { readonly does: "refuse"; readonly words: string }
  /** Events without choices. */
  | { readonly does: "choose_nothing" }
  /** The whole answer, without its usage. */
  | { readonly does: "omit_usage" }
  /** Never answers. */
  | { readonly does: "hang" };

/** Names of the faults in {@link OPENAI_FAULTS}. */
export type OpenAIFaultName =
  | "insufficient_quota"
  | "no_credit"
  | "invalid_key"
  | "forbidden"
  | "model_not_found"
  | "context_length_exceeded"
  | "context_of_vllm"
  | "context_of_llama_cpp"
  | "request_too_large"
  | "rate_limit"
  | "rate_limit_tokens"
  | "flagged"
  | "unsupported_parameter"
  | "bad_request"
  | "server_error"
  | "overloaded"
  | "bad_gateway"
  | "reset"
  | "reset_mid_stream"
  | "error_mid_stream"
  | "end_early"
  | "done_without_finish"
  | "finish_without_done"
  | "garble_mid_stream"
  | "cut_at_length"
  | "content_filter"
  | "say_nothing"
  | "think_only"
  | "refuse"
  | "choose_nothing"
  | "omit_usage"
  | "hang";

const respond = (
  status: number,
  error: { readonly message: string; readonly type: string; readonly code: string | number | null },
  headers?: Readonly<Record<string, string>>,
): OpenAIFault => ({
  does: "respond",
  status,
  body: { error: { param: null, ...error } },
  ...(headers && { headers }),
});

/** The faults of real servers by name, in their shapes. */
export const OPENAI_FAULTS: Readonly<Record<OpenAIFaultName, OpenAIFault>> = {
  insufficient_quota: respond(429, {
    message: "You exceeded your current quota, please check your plan and billing details.",
    type: "insufficient_quota",
    code: "insufficient_quota",
  }),
  no_credit: respond(402, { message: "Insufficient credits", type: "payment", code: 402 }),
  invalid_key: respond(401, {
    message: "Incorrect API key provided.",
    type: "invalid_request_error",
    code: "invalid_api_key",
  }),
  forbidden: respond(403, { message: "Country not supported", type: "request_forbidden", code: "unsupported_country" }),
  model_not_found: respond(404, {
    message: "The model `gone` does not exist or you do not have access to it.",
    type: "invalid_request_error",
    code: "model_not_found",
  }),
  context_length_exceeded: tooLong(4097, 4096),
  context_of_vllm: respond(400, {
    message: "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens.",
    type: "BadRequestError",
    code: 400,
  }),
  context_of_llama_cpp: respond(400, {
    message: "the request exceeds the available context size, try increasing it",
    type: "exceed_context_size_error",
    code: 400,
  }),
  request_too_large: respond(429, {
    message: "Request too large for gpt-x on tokens per min (TPM): Limit 10000, Requested 12000.",
    type: "tokens",
    code: "rate_limit_exceeded",
  }),
  rate_limit: respond(
    429,
    { message: "Rate limit reached for requests", type: "requests", code: "rate_limit_exceeded" },
    { "retry-after": "1" },
  ),
  rate_limit_tokens: respond(
    429,
    { message: "Rate limit reached for tokens", type: "tokens", code: "rate_limit_exceeded" },
    {
      "x-ratelimit-remaining-requests": "9",
      "x-ratelimit-reset-requests": "6m0s",
      "x-ratelimit-remaining-tokens": "0",
      "x-ratelimit-reset-tokens": "1s250ms",
    },
  ),
  flagged: respond(403, {
    message: "Your chosen model requires moderation and your input was flagged",
    type: "x",
    code: 403,
  }),
  unsupported_parameter: respond(400, {
    message: "Unsupported parameter: 'max_tokens' is not supported with this model.",
    type: "invalid_request_error",
    code: "unsupported_parameter",
  }),
  bad_request: respond(400, { message: "That is not possible.", type: "invalid_request_error", code: null }),
  server_error: respond(500, { message: "The server had an error", type: "server_error", code: null }),
  overloaded: respond(
    503,
    { message: "The engine is overloaded", type: "server_error", code: null },
    { "retry-after": "2" },
  ),
  bad_gateway: { does: "respond", status: 502, body: "<html>Bad Gateway</html>" },
  reset: { does: "reset" },
  reset_mid_stream: { does: "reset_mid_stream" },
  error_mid_stream: { does: "error_mid_stream", error: { message: "Provider disconnected", code: 502 } },
  end_early: { does: "end_early" },
  done_without_finish: { does: "done_without_finish" },
  finish_without_done: { does: "finish_without_done" },
  garble_mid_stream: { does: "garble_mid_stream" },
  cut_at_length: { does: "finish", reason: "length" },
  content_filter: { does: "finish", reason: "content_filter" },
  say_nothing: { does: "say_nothing" },
  think_only: { does: "think_only" },
  refuse: { does: "refuse", words: "I cannot help with that." },
  choose_nothing: { does: "choose_nothing" },
  omit_usage: { does: "omit_usage" },
  hang: { does: "hang" },
};

/** What OpenAI says of a prompt that does not fit. */
export function tooLong(tokens: number, contextTokens: number): OpenAIFault {
  return respond(400, {
    message: `This model's maximum context length is ${contextTokens} tokens. However, your messages resulted in ${tokens} tokens.`,
    type: "invalid_request_error",
    code: "context_length_exceeded",
  });
}
