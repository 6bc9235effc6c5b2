import { StepError, type FailureKind, type StepErrorOptions } from "../../core/failure/index.ts";
import { ConnectionError, TimeoutError } from "../../retry/index.ts";
import { wentThrough } from "./went-through.ts";

/**
 * Converts a network error to a failure; the error becomes its cause. One that is a failure already stays as it is. `server` is its name and address: "Ollama at
 * http://127.0.0.1:11434".
 */
export function networkError(error: unknown, server: string, options: StepErrorOptions = {}): StepError {
  if (error instanceof StepError) return error;
  const { kind, says } = networkFault(error);
  const proxy = error instanceof Error ? wentThrough.get(error) : undefined;
  const way = proxy === undefined ? server : `${server}, through the proxy ${proxy}`;
  return new StepError(kind, `${says} (${way}).`, { ...options, cause: error });
}

function networkFault(error: unknown): { readonly kind: FailureKind; readonly says: string } {
  const code = codeOf(error);
  const message = error instanceof Error && error.message !== "" ? error.message : code;
  if (error instanceof TimeoutError) return { kind: "transient", says: message };
  if (/CERT|TLS|SSL|EPROTO/.test(code)) {
    return { kind: "missing_model", says: `Could not make a secure connection: ${message}` };
  }
  if (error instanceof ConnectionError) {
    return { kind: "transient", says: CONNECTION_WORDS[code] ?? `The connection failed: ${message}` };
  }
  if (code === "ERR_STREAM_PREMATURE_CLOSE") return { kind: "transient", says: "The connection broke" };
  // HPE_...: the response was not HTTP, as when a server dies in the middle of a header.
  if (code.startsWith("HPE_")) return { kind: "transient", says: `The response was not HTTP: ${message}` };
  // Z_...: the response was cut, or was not of the encoding that it said.
  if (code.startsWith("Z_")) return { kind: "transient", says: `The response could not be decoded: ${message}` };
  return { kind: "bug", says: `The call could not be made: ${message}` };
}

const CONNECTION_WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "The connection was refused",
  ECONNRESET: "The connection broke",
  EPIPE: "The connection broke",
  ECONNABORTED: "The connection broke",
  ENOTFOUND: "There is no machine of that name",
  EAI_AGAIN: "The host name could not be resolved",
  EHOSTUNREACH: "The host cannot be reached",
  ENETUNREACH: "The network cannot be reached",
};

function codeOf(error: unknown): string {
  return typeof error === "object" && error !== null && "code" in error && typeof error.code === "string"
    ? error.code
    : "";
}
