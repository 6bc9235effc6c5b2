import { errorInfo, invalid, refusal, retryInfo, type GeminiError } from "./error.ts";

/**
 * What the fake does in place of a plain answer. Each is something the real server does, or the network in front of it.
 * Where half an answer is sent first, it is the first half of its chunks, or of its bytes where no stream was asked for.
 */
export type GeminiFault =
  /** Answers with this status and body, which is put in a list for a stream that is no SSE; the model never runs. */
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
  /** HTTP stays 200: half the answer, then a chunk with `error`. Without a stream it is a status. */
  | { readonly does: "error_mid_stream"; readonly error: GeminiError }
  /** Half the answer, then a clean end without a `finishReason`. */
  | { readonly does: "end_early" }
  /** The whole answer, and a clean end without a `finishReason`. */
  | { readonly does: "end_without_reason" }
  /** Half the answer, then a chunk that is no JSON. */
  | { readonly does: "garble_mid_stream" }
  /** The whole answer to its end, and then a connection that nobody closes. */
  | { readonly does: "stay_open" }
  /** Ends with this `finishReason`, in the words of any version of the API, and so much of the answer. */
  | { readonly does: "finish"; readonly reason: string; readonly keeps: "all" | "half" | "nothing" }
  /** Takes no prompt: `promptFeedback` and no candidates. */
  | { readonly does: "block_prompt"; readonly reason: string }
  /** No candidates, and nothing that says why. */
  | { readonly does: "choose_nothing" }
  /** Nothing but thinking, which took all that the answer may be. */
  | { readonly does: "think_only" }
  /** The whole answer, without its `usageMetadata`. */
  | { readonly does: "omit_usage" };

/** Names of the faults in {@link GEMINI_FAULTS}. */
export type GeminiFaultName =
  | "invalid_key"
  | "no_key"
  | "service_disabled"
  | "key_suspended"
  | "forbidden"
  | "model_not_found"
  | "wrong_location"
  | "rate_limit"
  | "quota_of_the_day"
  | "exhausted"
  | "server_error"
  | "overloaded"
  | "deadline"
  | "prompt_too_long"
  | "overloaded_mid_stream"
  | "error_mid_stream"
  | "end_early"
  | "end_without_reason"
  | "garble_mid_stream"
  | "stay_open"
  | "hang"
  | "reset"
  | "reset_mid_stream"
  | "cut_at_length"
  | "safety"
  | "safety_mid_stream"
  | "recitation"
  | "prohibited"
  | "language"
  | "other"
  | "malformed_function_call"
  | "unknown_reason"
  | "say_nothing"
  | "blocked_prompt"
  | "choose_nothing"
  | "think_only"
  | "omit_usage";

const quota = (quotaMetric: string, quotaId: string, quotaValue: string): unknown => ({
  "@type": "type.googleapis.com/google.rpc.QuotaFailure",
  violations: [{ quotaMetric: `generativelanguage.googleapis.com/${quotaMetric}`, quotaId, quotaValue }],
});

/** The faults of the real server by name, in its own words. Where they are from stands beside each. */
export const GEMINI_FAULTS: Readonly<Record<GeminiFaultName, GeminiFault>> = {
  // babaohuang/GeminiProChat#142
  invalid_key: invalid("API key not valid. Please pass a valid API key.", [errorInfo("API_KEY_INVALID")]),
  // PublicAffairs/openai-gemini#92
  no_key: refusal(
    403,
    "PERMISSION_DENIED",
    "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or other form of API consumer identity to call this API.",
  ),
  // google-gemini/deprecated-generative-ai-python#10
  service_disabled: refusal(
    403,
    "PERMISSION_DENIED",
    "Generative Language API has not been used in project 411082643095 before or it is disabled. Enable it by visiting https://console.developers.google.com/apis/api/generativelanguage.googleapis.com/overview?project=411082643095 then retry. If you enabled this API recently, wait a few minutes for the action to propagate to our systems and retry.",
    [errorInfo("SERVICE_DISABLED", { consumer: "projects/411082643095" })],
  ),
  // google/generative-ai-docs#356
  key_suspended: refusal(403, "PERMISSION_DENIED", "Permission denied: Consumer 'api_key:fake' has been suspended.", [
    errorInfo("CONSUMER_SUSPENDED", { consumer: "projects/578829824020" }),
  ]),
  // iBUHub/AIStudioToAPI#109
  forbidden: refusal(403, "PERMISSION_DENIED", "The caller does not have permission"),
  // https://ai.google.dev/gemini-api/docs/troubleshooting
  model_not_found: notServed("gemini-gone", "generateContent"),
  wrong_location: refusal(400, "FAILED_PRECONDITION", "User location is not supported for the API use."),
  // google-gemini/gemini-cli#8437
  rate_limit: refusal(
    429,
    "RESOURCE_EXHAUSTED",
    "You exceeded your current quota, please check your plan and billing details. For more information on this error, head to: https://ai.google.dev/gemini-api/docs/rate-limits.\n* Quota exceeded for metric: generativelanguage.googleapis.com/generate_content_free_tier_requests, limit: 10\nPlease retry in 1.2s.",
    [
      quota("generate_content_free_tier_requests", "GenerateRequestsPerMinutePerProjectPerModel-FreeTier", "10"),
      retryInfo("1s"),
    ],
  ),
  quota_of_the_day: refusal(
    429,
    "RESOURCE_EXHAUSTED",
    "You exceeded your current quota, please check your plan and billing details. For more information on this error, head to: https://ai.google.dev/gemini-api/docs/rate-limits.\n* Quota exceeded for metric: generativelanguage.googleapis.com/generate_content_free_tier_requests, limit: 250\nPlease retry in 34.07s.",
    [
      quota("generate_content_free_tier_requests", "GenerateRequestsPerDayPerProjectPerModel-FreeTier", "250"),
      retryInfo("34s"),
    ],
  ),
  // google-gemini/gemini-cli#2020
  exhausted: refusal(429, "RESOURCE_EXHAUSTED", "Resource has been exhausted (e.g. check quota)."),
  // PublicAffairs/openai-gemini#15
  server_error: refusal(
    500,
    "INTERNAL",
    "An internal error has occurred. Please retry or report in https://developers.generativeai.google/guide/troubleshooting",
  ),
  // google-gemini/gemini-cli#12932
  overloaded: refusal(503, "UNAVAILABLE", "The model is overloaded. Please try again later."),
  // https://ai.google.dev/gemini-api/docs/troubleshooting has the status, the words are ours
  deadline: refusal(504, "DEADLINE_EXCEEDED", "Deadline expired before operation could complete."),
  // google-gemini/gemini-cli#4692
  prompt_too_long: tooLong(2_845_475, 1_048_576),
  overloaded_mid_stream: {
    does: "error_mid_stream",
    error: { code: 503, message: "The model is overloaded. Please try again later.", status: "UNAVAILABLE" },
  },
  error_mid_stream: {
    does: "error_mid_stream",
    error: { code: 500, message: "Internal error encountered.", status: "INTERNAL" },
  },
  end_early: { does: "end_early" },
  end_without_reason: { does: "end_without_reason" },
  garble_mid_stream: { does: "garble_mid_stream" },
  stay_open: { does: "stay_open" },
  hang: { does: "hang" },
  reset: { does: "reset" },
  reset_mid_stream: { does: "reset_mid_stream" },
  // The reasons: https://ai.google.dev/api/generate-content#FinishReason
  cut_at_length: { does: "finish", reason: "MAX_TOKENS", keeps: "half" },
  safety: { does: "finish", reason: "SAFETY", keeps: "nothing" },
  safety_mid_stream: { does: "finish", reason: "SAFETY", keeps: "half" },
  recitation: { does: "finish", reason: "RECITATION", keeps: "nothing" },
  prohibited: { does: "finish", reason: "PROHIBITED_CONTENT", keeps: "nothing" },
  language: { does: "finish", reason: "LANGUAGE", keeps: "nothing" },
  other: { does: "finish", reason: "OTHER", keeps: "half" },
  malformed_function_call: { does: "finish", reason: "MALFORMED_FUNCTION_CALL", keeps: "nothing" },
  unknown_reason: { does: "finish", reason: "THE_TIDE_WENT_OUT", keeps: "half" },
  say_nothing: { does: "finish", reason: "STOP", keeps: "nothing" },
  // The reasons: https://ai.google.dev/api/generate-content#BlockReason
  blocked_prompt: { does: "block_prompt", reason: "PROHIBITED_CONTENT" },
  choose_nothing: { does: "choose_nothing" },
  think_only: { does: "think_only" },
  omit_usage: { does: "omit_usage" },
};

/** What Gemini says of a prompt that does not fit. */
export function tooLong(tokens: number, limit: number): ReturnType<typeof invalid> {
  return invalid(`The input token count (${tokens}) exceeds the maximum number of tokens allowed (${limit}).`);
}

/** What Gemini says of a model that it does not have, or not for this. */
export function notServed(model: string, method: string): ReturnType<typeof refusal> {
  return refusal(
    404,
    "NOT_FOUND",
    `models/${model} is not found for API version v1beta, or is not supported for ${method}. Call ListModels to see the list of available models and their supported methods.`,
  );
}
