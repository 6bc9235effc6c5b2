import { StepError, type StepErrorOptions } from "../../core/failure/index.ts";
import { ruleFor } from "./fault-rules.ts";
import { quote, refusalMessage, withAdvice } from "../http/refusal.ts";
import { parseRetryAfter } from "../../retry/index.ts";
import type { HttpAnswer } from "../http/transport.ts";

/** The failure that a status other than 200 stands for. `raw` is the body. */
export function refusalError(answer: HttpAnswer, raw: string, options: StepErrorOptions = {}): StepError {
  const header = answer.headers["retry-after"];
  const waitMs = parseRetryAfter(typeof header === "string" ? header : undefined, Date.now());
  const rule = ruleFor({ status: answer.status, text: errorText(raw), retryAfterMs: waitMs });
  return new StepError(rule.kind, refusalMessage(rule, answer.status, errorText(raw)), {
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
