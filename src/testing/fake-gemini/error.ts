/** A status of Google's APIs, in words: https://cloud.google.com/apis/design/errors */
export type GeminiStatus =
  | "INVALID_ARGUMENT"
  | "FAILED_PRECONDITION"
  | "UNAUTHENTICATED"
  | "PERMISSION_DENIED"
  | "NOT_FOUND"
  | "RESOURCE_EXHAUSTED"
  | "CANCELLED"
  | "INTERNAL"
  | "UNAVAILABLE"
  | "DEADLINE_EXCEEDED";

/** An error in Google's form. */
export interface GeminiError {
  readonly code: number;
  readonly message: string;
  readonly status: GeminiStatus;
  readonly details?: readonly unknown[];
}

/** A refusal in Gemini's form. */
export interface Refusal {
  readonly does: "respond";
  readonly status: number;
  readonly body: { readonly error: GeminiError };
}

export const refusal = (
  code: number,
  status: GeminiStatus,
  message: string,
  details: readonly unknown[] = [],
): Refusal => ({
  does: "respond",
  status: code,
  body: { error: { code, message, status, ...(details.length > 0 && { details }) } },
});

export const invalid = (message: string, details?: readonly unknown[]): Refusal =>
  refusal(400, "INVALID_ARGUMENT", message, details);

/** Why, in a word for machines. */
export const errorInfo = (reason: string, metadata: Readonly<Record<string, string>> = {}): unknown => ({
  "@type": "type.googleapis.com/google.rpc.ErrorInfo",
  reason,
  domain: "googleapis.com",
  metadata: { service: "generativelanguage.googleapis.com", ...metadata },
});

/** How long to wait. */
export const retryInfo = (retryDelay: string): unknown => ({
  "@type": "type.googleapis.com/google.rpc.RetryInfo",
  retryDelay,
});
