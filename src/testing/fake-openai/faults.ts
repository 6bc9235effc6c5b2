/**
 * What the fake does in place of a plain answer. Each is something a real server does, or the network in front of it.
 * Where half an answer is sent first, it is the first half of its events.
 */
export type OpenAIFault =
  /** Answers with this status and body; the model never runs. */
  | {
      readonly does: "respond";
      readonly status: number;
      readonly body: Readonly<Record<string, unknown>> | readonly unknown[] | string;
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
  /** Half the answer, each piece of it with an empty reason why it is finished, then a clean end: as some gateways do. */
  | { readonly does: "empty_reasons" }
  /** Comments and nothing else, for ever: the server lives, and its model does not. */
  | { readonly does: "ping" }
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
  | "low_balance"
  | "key_limit"
  | "invalid_key"
  | "invalid_key_of_gemini"
  | "forbidden"
  | "firewall_page"
  | "login_page"
  | "moved"
  | "model_not_found"
  | "context_length_exceeded"
  | "context_of_vllm"
  | "context_of_llama_cpp"
  | "context_of_anthropic"
  | "context_of_lm_studio"
  | "request_too_large"
  | "rate_limit"
  | "rate_limit_tokens"
  | "rate_limit_of_gemini"
  | "rate_limit_of_the_day"
  | "rate_limit_mid_stream"
  | "flagged"
  | "unsupported_parameter"
  | "bad_request"
  | "server_error"
  | "overloaded"
  | "overloaded_without_wait"
  | "overloaded_of_anthropic"
  | "flex_capacity"
  | "loading_model"
  | "bad_gateway"
  | "reset"
  | "reset_mid_stream"
  | "error_mid_stream"
  | "end_early"
  | "done_without_finish"
  | "finish_without_done"
  | "garble_mid_stream"
  | "unknown_finish_reason"
  | "empty_reasons"
  | "ping_for_ever"
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

/** Gemini puts its errors into a list. */
const geminiSays = (code: number, status: string, message: string, details: readonly unknown[] = []): OpenAIFault => ({
  does: "respond",
  status: code,
  body: [{ error: { code, message, status, ...(details.length > 0 && { details }) } }],
});

const page = (status: number, title: string, body: string): OpenAIFault => ({
  does: "respond",
  status,
  headers: { "content-type": "text/html; charset=UTF-8" },
  body: `<!DOCTYPE html>\n<html lang="en-US"><head><title>${title}</title><style>body{margin:0}</style></head><body>${body}</body></html>`,
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
  low_balance: respond(400, {
    message:
      "Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits.",
    type: "invalid_request_error",
    code: null,
  }),
  key_limit: respond(403, {
    message: "Key limit exceeded (total limit). Manage it using https://openrouter.ai/settings/keys",
    type: "",
    code: 403,
  }),
  invalid_key_of_gemini: geminiSays(400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key."),
  forbidden: respond(403, {
    message: "Country, region, or territory not supported",
    type: "request_forbidden",
    code: "unsupported_country_region_territory",
  }),
  firewall_page: page(403, "Attention Required! | Cloudflare", "<h1>Sorry, you have been blocked</h1>"),
  login_page: page(200, "Sign in to the corporate proxy", "<form><input name=user></form>"),
  moved: { does: "respond", status: 308, headers: { location: "https://other.test/v1/chat/completions" }, body: "" },
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
  context_of_anthropic: respond(400, {
    message: "prompt is too long: 210000 tokens > 200000 maximum",
    type: "invalid_request_error",
    code: null,
  }),
  context_of_lm_studio: {
    does: "respond",
    status: 200,
    headers: { "content-type": "text/event-stream" },
    body: `event: error\ndata: ${JSON.stringify({
      error: {
        message:
          "The number of tokens to keep from the initial prompt is greater than the context length. Try to load the model with a larger context length, or provide a shorter input",
      },
    })}\n\n`,
  },
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
  rate_limit_of_gemini: geminiSays(429, "RESOURCE_EXHAUSTED", "Resource has been exhausted (e.g. check quota).", [
    { "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "2s" },
  ]),
  rate_limit_of_the_day: respond(429, {
    message: "Rate limit exceeded: free-models-per-day. Add 10 credits to unlock 1000 free model requests per day",
    type: "",
    code: 429,
  }),
  rate_limit_mid_stream: { does: "error_mid_stream", error: { message: "Rate limit exceeded", code: 429 } },
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
  overloaded_without_wait: respond(503, {
    message: "The engine is currently overloaded, please try again later",
    type: "server_error",
    code: null,
  }),
  overloaded_of_anthropic: respond(529, { message: "Overloaded", type: "overloaded_error", code: null }),
  flex_capacity: respond(498, {
    message: "Flex tier capacity exceeded.",
    type: "capacity_exceeded",
    code: "capacity_exceeded",
  }),
  loading_model: respond(503, { message: "Loading model", type: "unavailable_error", code: 503 }),
  bad_gateway: page(502, "502 Bad Gateway", "<center><h1>502 Bad Gateway</h1></center>"),
  reset: { does: "reset" },
  reset_mid_stream: { does: "reset_mid_stream" },
  error_mid_stream: { does: "error_mid_stream", error: { message: "Provider disconnected", code: 502 } },
  end_early: { does: "end_early" },
  done_without_finish: { does: "done_without_finish" },
  finish_without_done: { does: "finish_without_done" },
  garble_mid_stream: { does: "garble_mid_stream" },
  unknown_finish_reason: { does: "finish", reason: "early_exit" },
  empty_reasons: { does: "empty_reasons" },
  ping_for_ever: { does: "ping" },
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
