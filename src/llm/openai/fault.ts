import { StepError, type StepErrorOptions } from "../../core/failure/index.ts";
import { quote, refusalMessage, withAdvice } from "../http/refusal.ts";
import type { HttpAnswer } from "../http/transport.ts";
import { ruleFor } from "./fault-rules.ts";
import { rateLimitWaitMs } from "./rate-limit-wait.ts";

/** The failure that a status other than 200 stands for. `raw` is the body. */
export function refusalError(answer: HttpAnswer, raw: string, options: StepErrorOptions = {}): StepError {
  const waitMs = rateLimitWaitMs(answer.headers, Date.now());
  const { code, text } = saidIn(raw);
  const rule = ruleFor({ status: answer.status, code, text, waitMs });
  return new StepError(rule.kind, refusalMessage(rule, answer.status, text), {
    ...options,
    rawAnswer: raw,
    ...(rule.kind === "rate_limit" && waitMs !== undefined && { retryAfterMs: waitMs }),
  });
}

/** The failure that an error in the middle of an answer stands for. */
export function brokenAnswerError(error: unknown, options: StepErrorOptions = {}): StepError {
  const { code, text, status = 200 } = saidBy(error);
  const rule = ruleFor({ status, code, text, waitMs: undefined });
  return new StepError(rule.kind, withAdvice(`${rule.says}: ${quote(text)}.`, rule.advice), options);
}

interface Said {
  readonly code: string;
  readonly text: string;
  /** The field of the request that it is about. */
  readonly param: string;
  /** Where `code` is a number, as OpenRouter has it. */
  readonly status?: number;
}

/** The words in an error body: `{"error": {"message", "type", "code"}}`, or whatever a proxy in front of it wrote. */
export function saidIn(raw: string): Said {
  try {
    const body: unknown = JSON.parse(raw);
    return saidBy(fieldOf(body, "error") ?? body);
  } catch {
    return { code: "", text: raw, param: "" };
  }
}

function saidBy(error: unknown): Said {
  if (typeof error === "string") return { code: "", text: error, param: "" };
  const code = fieldOf(error, "code");
  const words = [code, fieldOf(error, "type")].filter((word) => typeof word === "string");
  const message = fieldOf(error, "message") ?? fieldOf(error, "detail");
  const param = fieldOf(error, "param");
  return {
    code: words.join(" "),
    text: typeof message === "string" ? message : JSON.stringify(error),
    param: typeof param === "string" ? param : "",
    ...(typeof code === "number" && code >= 400 && code < 600 && { status: code }),
  };
}

const fieldOf = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null ? Object.entries(value).find(([key]) => key === name)?.[1] : undefined;
