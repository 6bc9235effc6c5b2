/** The types of errors that Anthropic's API has: https://platform.claude.com/docs/en/api/errors */
export type AnthropicErrorType =
  | "invalid_request_error"
  | "authentication_error"
  | "billing_error"
  | "permission_error"
  | "not_found_error"
  | "request_too_large"
  | "rate_limit_error"
  | "api_error"
  | "timeout_error"
  | "overloaded_error";

/** A refusal in Anthropic's form. */
export interface Refusal {
  readonly does: "respond";
  readonly status: number;
  readonly body: {
    readonly type: "error";
    readonly error: { readonly type: AnthropicErrorType; readonly message: string };
  };
  readonly headers?: Readonly<Record<string, string>>;
}

export const refusal = (
  status: number,
  type: AnthropicErrorType,
  message: string,
  headers?: Readonly<Record<string, string>>,
): Refusal => ({
  does: "respond",
  status,
  body: { type: "error", error: { type, message } },
  ...(headers && { headers }),
});

export const invalid = (message: string): Refusal => refusal(400, "invalid_request_error", message);

/** The status of each type of error, where it comes before an answer. */
export const STATUS_OF: Readonly<Record<AnthropicErrorType, number>> = {
  invalid_request_error: 400,
  authentication_error: 401,
  billing_error: 402,
  permission_error: 403,
  not_found_error: 404,
  request_too_large: 413,
  rate_limit_error: 429,
  api_error: 500,
  timeout_error: 504,
  overloaded_error: 529,
};
