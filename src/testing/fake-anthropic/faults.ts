import { invalid, refusal, type AnthropicErrorType } from "./error.ts";

/**
 * What the fake does in place of a plain answer. Each is something the real server does, or the network in front of it.
 * Where half an answer is sent first, it is the first half of its events, or of its bytes where no stream was asked for.
 */
export type AnthropicFault =
  /** Answers with this status and body; the model never runs. */
  | {
      readonly does: "respond";
      readonly status: number;
      readonly body: Readonly<Record<string, unknown>> | readonly unknown[] | string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** Breaks the connection before any header. */
  | { readonly does: "reset" }
  /** Never answers. */
  | { readonly does: "hang" }
  /** Breaks the connection after half the answer. */
  | { readonly does: "reset_mid_stream" }
  /** HTTP stays 200: so much of the answer, then an `error` event. @default after half of it */
  | {
      readonly does: "error_mid_stream";
      readonly error: { readonly type: AnthropicErrorType; readonly message: string };
      readonly after?: "nothing" | "half";
    }
  /** Half the answer, then a clean end. */
  | { readonly does: "end_early" }
  /** The whole answer with its reason, and a clean end before `message_stop`. */
  | { readonly does: "end_without_stop" }
  /** Half the answer, then an event that is no JSON. */
  | { readonly does: "garble_mid_stream" }
  /** Half the answer, then pings for ever. */
  | { readonly does: "ping_forever"; readonly everyMs: number }
  /** The whole answer to its end, and then a connection that nobody closes. */
  | { readonly does: "stay_open" }
  /** Ends with this `stop_reason`, in the words of any version of the API, and so much of the answer. */
  | { readonly does: "stop"; readonly reason: string; readonly keeps: "all" | "half" | "nothing" }
  /** Nothing but thinking, which took all that the answer may be. */
  | { readonly does: "think_only" }
  /** These thoughts, asked for or not, and then the whole answer. */
  | { readonly does: "think_first"; readonly words: string };

/** Names of the faults in {@link ANTHROPIC_FAULTS}. */
export type AnthropicFaultName =
  | "invalid_key"
  | "forbidden"
  | "model_not_found"
  | "request_too_large"
  | "rate_limit"
  | "rate_limit_without_wait"
  | "server_error"
  | "timeout"
  | "overloaded"
  | "low_balance"
  | "prompt_too_long"
  | "max_tokens_too_large"
  | "context_overlap"
  | "overloaded_mid_stream"
  | "overloaded_at_once"
  | "error_mid_stream"
  | "end_early"
  | "end_without_stop"
  | "garble_mid_stream"
  | "ping_forever"
  | "stay_open"
  | "hang"
  | "reset"
  | "reset_mid_stream"
  | "cut_at_length"
  | "refusal"
  | "refusal_at_once"
  | "pause_turn"
  | "context_full"
  | "tool_use"
  | "unknown_reason"
  | "say_nothing"
  | "think_only";

/**
 * The faults of the real server by name, in its own words. Where they are from stands beside each; what has no source there
 * is of https://platform.claude.com/docs/en/api/errors.
 */
export const ANTHROPIC_FAULTS: Readonly<Record<AnthropicFaultName, AnthropicFault>> = {
  invalid_key: refusal(401, "authentication_error", "invalid x-api-key"),
  forbidden: refusal(403, "permission_error", "Your API key does not have permission to use the specified resource."),
  // anthropics/claude-code#5349
  model_not_found: refusal(404, "not_found_error", "model: claude-gone"),
  // Comes from the network before the API, so without `type` and `request_id`.
  request_too_large: {
    does: "respond",
    status: 413,
    body: { error: { type: "request_too_large", message: "Request exceeds the maximum size" } },
  },
  // OpenHands/OpenHands#9259, and https://platform.claude.com/docs/en/api/rate-limits for the headers
  rate_limit: refusal(
    429,
    "rate_limit_error",
    "This request would exceed the rate limit for your organization (0dccdde6-0000-4000-8000-000000000000) of 20,000 input tokens per minute. For details, refer to: https://docs.claude.com/en/api/rate-limits. You can see the response headers for current usage. Please reduce the prompt length or the maximum tokens requested, or try again later. You may also contact sales at https://www.anthropic.com/contact-sales to discuss your options for a rate limit increase.",
    {
      "retry-after": "1",
      "anthropic-ratelimit-input-tokens-limit": "20000",
      "anthropic-ratelimit-input-tokens-remaining": "0",
      "anthropic-ratelimit-input-tokens-reset": "2026-12-01T00:00:01Z",
    },
  ),
  // An acceleration limit: the page on rate limits knows 429 that name no limit. The words are ours.
  rate_limit_without_wait: refusal(
    429,
    "rate_limit_error",
    "This request would exceed your organization's maximum usage increase rate for input tokens per minute.",
  ),
  server_error: refusal(500, "api_error", "Internal server error"),
  // The page on errors has the type, the words are ours.
  timeout: refusal(504, "timeout_error", "Request timed out"),
  overloaded: refusal(529, "overloaded_error", "Overloaded"),
  // anthropics/claude-quickstarts#229
  low_balance: invalid(
    "Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits.",
  ),
  // whoz-oss/coday#26
  prompt_too_long: invalid("prompt is too long: 207791 tokens > 200000 maximum"),
  // OpenHands/OpenHands#11090
  max_tokens_too_large: invalid(
    "max_tokens: 1000000 > 64000, which is the maximum allowed number of output tokens for claude-sonnet-4-20250514",
  ),
  // continuedev/continue#6080
  context_overlap: invalid(
    "input length and `max_tokens` exceed context limit: 199759 + 8192 > 200000, decrease input length or `max_tokens` and try again",
  ),
  // https://platform.claude.com/docs/en/build-with-claude/streaming#error-events
  overloaded_mid_stream: { does: "error_mid_stream", error: { type: "overloaded_error", message: "Overloaded" } },
  overloaded_at_once: {
    does: "error_mid_stream",
    after: "nothing",
    error: { type: "overloaded_error", message: "Overloaded" },
  },
  error_mid_stream: { does: "error_mid_stream", error: { type: "api_error", message: "Internal server error" } },
  end_early: { does: "end_early" },
  end_without_stop: { does: "end_without_stop" },
  garble_mid_stream: { does: "garble_mid_stream" },
  ping_forever: { does: "ping_forever", everyMs: 20 },
  stay_open: { does: "stay_open" },
  hang: { does: "hang" },
  reset: { does: "reset" },
  reset_mid_stream: { does: "reset_mid_stream" },
  // https://platform.claude.com/docs/en/build-with-claude/handling-stop-reasons
  cut_at_length: { does: "stop", reason: "max_tokens", keeps: "half" },
  refusal: { does: "stop", reason: "refusal", keeps: "half" },
  refusal_at_once: { does: "stop", reason: "refusal", keeps: "nothing" },
  pause_turn: { does: "stop", reason: "pause_turn", keeps: "half" },
  context_full: { does: "stop", reason: "model_context_window_exceeded", keeps: "half" },
  tool_use: { does: "stop", reason: "tool_use", keeps: "half" },
  unknown_reason: { does: "stop", reason: "the_tide_went_out", keeps: "half" },
  say_nothing: { does: "stop", reason: "end_turn", keeps: "nothing" },
  think_only: { does: "think_only" },
};
