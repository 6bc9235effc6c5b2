import { StepError, type FailureKind, type StepErrorOptions } from "../../core/index.ts";
import { ConnectionError, TimeoutError } from "../../retry/index.ts";
import { ruleFor } from "./fault-rules.ts";
import { retryAfterMs } from "./retry-after.ts";
import type { HttpAnswer } from "./transport.ts";

/** How much of what a server said goes into a message; the whole of it is kept as the raw answer. */
const QUOTED_CHARS = 300;

/** The failure that a status other than 200 stands for. `raw` is the body. */
export function refusalError(answer: HttpAnswer, raw: string, options: StepErrorOptions = {}): StepError {
  const header = answer.headers["retry-after"];
  const waitMs = retryAfterMs(typeof header === "string" ? header : undefined, Date.now());
  const rule = ruleFor({ status: answer.status, text: errorText(raw), retryAfterMs: waitMs });
  const said = quote(errorText(raw));
  const message = `${rule.says} (HTTP ${answer.status}${said === "" ? "" : `: ${said}`}).`;
  return new StepError(rule.kind, withAdvice(message, rule.advice), {
    ...options,
    rawAnswer: raw,
    ...(rule.kind === "rate_limit" && waitMs !== undefined && { retryAfterMs: waitMs }),
  });
}

/** The failure that an error line in the middle of an answer stands for. */
export function brokenAnswerError(error: unknown, options: StepErrorOptions = {}): StepError {
  const text = wordsOf(error) ?? JSON.stringify(error);
  const rule = ruleFor({ status: 200, text, retryAfterMs: undefined });
  return new StepError(rule.kind, withAdvice(`${rule.says}: ${quote(text)}.`, rule.advice), options);
}

/** The failure that an error of the network stands for; the error itself becomes the cause. */
export function networkError(error: unknown, address: string, options: StepErrorOptions = {}): StepError {
  const { kind, says } = networkFault(error);
  return new StepError(kind, `${says} (Ollama at ${address}).`, { ...options, cause: error });
}

function networkFault(error: unknown): { readonly kind: FailureKind; readonly says: string } {
  const code = codeOf(error);
  const message = error instanceof Error && error.message !== "" ? error.message : code;
  if (error instanceof TimeoutError) return { kind: "transient", says: message };
  if (/CERT|TLS|SSL|EPROTO/.test(code)) {
    return { kind: "missing_model", says: `No secure connection is possible: ${message}` };
  }
  if (error instanceof ConnectionError) {
    return { kind: "transient", says: CONNECTION_WORDS[code] ?? `The connection failed: ${message}` };
  }
  if (code === "ERR_STREAM_PREMATURE_CLOSE") return { kind: "transient", says: "The connection broke" };
  // HPE_...: what came was not HTTP, as when a server dies in the middle of a header.
  if (code.startsWith("HPE_")) return { kind: "transient", says: `What came back was not HTTP: ${message}` };
  return { kind: "bug", says: `The call could not be made: ${message}` };
}

const CONNECTION_WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "The connection was refused",
  ECONNRESET: "The connection broke",
  EPIPE: "The connection broke",
  ECONNABORTED: "The connection broke",
  ENOTFOUND: "There is no machine of that name",
  EAI_AGAIN: "The name of the machine could not be looked up",
  EHOSTUNREACH: "The machine cannot be reached",
  ENETUNREACH: "The network cannot be reached",
};

function codeOf(error: unknown): string {
  return typeof error === "object" && error !== null && "code" in error && typeof error.code === "string"
    ? error.code
    : "";
}

/**
 * The words in an error body. Ollama writes `{"error": "..."}`; where it passes on llama-server's answer, the string
 * is itself such a document; a proxy in front of it may write anything.
 */
function errorText(raw: string): string {
  try {
    const body: unknown = JSON.parse(raw);
    return wordsOf(body) ?? raw;
  } catch {
    return raw;
  }
}

function wordsOf(value: unknown): string | undefined {
  if (typeof value === "string") return value.startsWith("{") ? errorText(value) : value;
  if (typeof value !== "object" || value === null) return undefined;
  if ("error" in value) return wordsOf(value.error);
  return "message" in value ? wordsOf(value.message) : undefined;
}

const quote = (text: string): string => {
  const line = text.trim();
  return line.length > QUOTED_CHARS ? `${line.slice(0, QUOTED_CHARS)}...` : line.replace(/\.$/, "");
};

const withAdvice = (message: string, advice: string | undefined): string =>
  advice === undefined ? message : `${message} ${advice}`;
