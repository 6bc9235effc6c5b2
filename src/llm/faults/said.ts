import { isPage, pageTitle, pageWords } from "./page.ts";
import { durationMs, retryAfterMs, type Headers } from "../limits/index.ts";
import { limitResetMs, waitInWords } from "./wait.ts";

/** What a server says when it refuses a call or breaks an answer off, out of whatever it was wrapped in. */
export interface Said {
  /** The HTTP status; in an answer the one that the error says of itself, else 200. */
  readonly status: number;
  /** Whether an answer had begun. */
  readonly isInAnswer: boolean;
  readonly code: string;
  readonly type: string;
  /** The field of the request that it is about. */
  readonly param: string;
  /** The words for people. */
  readonly text: string;
  /** The words and their details, to find something in; not longer than a few thousand characters. */
  readonly words: string;
  readonly isPage: boolean;
  /** Whether it says how long to wait before the next call. */
  readonly asksToWait: boolean;
  /** How long that is, else how long it takes until a limit is reset: milliseconds. */
  readonly waitMs: number | undefined;
  /** Where a redirect leads. */
  readonly location: string;
}

/** The status and headers of an answer that is none. */
export interface RefusedAnswer {
  readonly status: number;
  readonly headers: Headers;
}

/** What a refusal says. `raw` is its body. */
export function saidInRefusal({ status, headers }: RefusedAnswer, raw: string, nowMs: number = Date.now()): Said {
  const page = isPage(raw, headers);
  const error = page ? { ...NOTHING, text: pageTitle(raw), details: pageWords(raw) } : errorIn(raw, 0);
  const { location } = headers;
  return {
    ...wordsOf(error),
    status,
    isInAnswer: false,
    isPage: page,
    ...waitIn(error, headers, nowMs),
    location: typeof location === "string" ? location : "",
  };
}

/** What an error says in the middle of an answer. */
export function saidInAnswer(value: unknown, nowMs: number = Date.now()): Said {
  const error = errorIn(value, 0);
  return {
    ...wordsOf(error),
    status: error.status ?? 200,
    isInAnswer: true,
    isPage: false,
    ...waitIn(error, {}, nowMs),
    location: "",
  };
}

interface ErrorWords {
  readonly status: number | undefined;
  readonly code: string;
  readonly type: string;
  readonly param: string;
  readonly text: string;
  /** What stands beside the text, as JSON. */
  readonly details: string;
  /** The headers of another server's answer, where a gateway passes them on. */
  readonly headers: Headers;
  /** How long to wait: "34s". */
  readonly wait: string;
}

const NOTHING: ErrorWords = {
  status: undefined,
  code: "",
  type: "",
  param: "",
  text: "",
  details: "",
  headers: {},
  wait: "",
};

/** Errors stand in errors, and in strings of JSON: gateways pass on what another server said. So deep and no deeper. */
const DEEPEST = 5;
/** A longer body is no error of an API. */
const MOST_CHARS = 1_000_000;
const MOST_WORDS = 4_000;

/** The words come first, so that what begins with something is told from what holds it. */
const wordsOf = ({ code, type, param, text, details }: ErrorWords) => ({
  code,
  type,
  param,
  text,
  words: `${text.slice(0, MOST_WORDS)}\n${details.slice(0, MOST_WORDS)}`.trimEnd(),
});

/** Headers come before words, and a wait that is asked for before the reset of a limit. */
function waitIn({ headers: passedOn, wait, text }: ErrorWords, headers: Headers, nowMs: number) {
  const asked = retryAfterMs(headers, nowMs) ?? durationMs(wait) ?? retryAfterMs(passedOn, nowMs) ?? waitInWords(text);
  return {
    asksToWait: asked !== undefined,
    waitMs: asked ?? limitResetMs(headers, nowMs) ?? limitResetMs(passedOn, nowMs),
  };
}

/** The error in a value: `{"error": {...}}`, the first of a list (Gemini), a string that is JSON itself (Ollama), or a text. */
function errorIn(value: unknown, depth: number): ErrorWords {
  if (typeof value === "string") return errorInText(value, depth);
  if (depth > DEEPEST) return { ...NOTHING, text: JSON.stringify(value) };
  if (Array.isArray(value)) return errorIn(value[0] ?? "", depth + 1);
  if (!isRecord(value)) return { ...NOTHING, text: value === undefined || value === null ? "" : JSON.stringify(value) };
  const own = fieldsOf(value);
  const { error, message, detail } = value;
  const inner = isSomething(error) ? error : isSomething(message) ? message : detail;
  if (!isSomething(inner)) return { ...own, text: JSON.stringify(value) };
  // FastAPI lists what is wrong with a request.
  const wrong = Array.isArray(inner) ? wrongFields(inner) : isRecord(inner) ? wrongFields(inner["detail"]) : undefined;
  const found = wrong ?? errorIn(inner, depth + 1);
  return merged(found, own, upstreamOf(value, depth));
}

function errorInText(text: string, depth: number): ErrorWords {
  const trimmed = text.trim();
  if (depth <= DEEPEST && /^[{[]/.test(trimmed) && trimmed.length <= MOST_CHARS) {
    try {
      return errorIn(JSON.parse(trimmed), depth + 1);
    } catch {
      // It only looks like JSON.
    }
  }
  return { ...NOTHING, text: trimmed };
}

/** What an error says of itself beside its words. */
function fieldsOf(value: Readonly<Record<string, unknown>>): ErrorWords {
  const { code, type, status, error_type: errorType, param, details, metadata, innererror } = value;
  const beside = [details, metadata, innererror].filter(isSomething);
  return {
    ...NOTHING,
    status: [code, status, value["status_code"], value["raw_status_code"]].map(statusIn).find(isSomething),
    code: textOf(code),
    type: textOf(type) || textOf(errorType) || (typeof status === "string" ? status : ""),
    param: textOf(param),
    details: beside.length === 0 ? "" : JSON.stringify(beside).slice(0, MOST_WORDS),
    headers: headersIn(metadata),
    wait: retryDelayIn(details) || secondsIn(value["estimated_time"]),
  };
}

/** What the inner error does not say, the outer one may; the words of a server behind a gateway follow the gateway's. */
function merged(inner: ErrorWords, outer: ErrorWords, upstream: ErrorWords | undefined): ErrorWords {
  const both: ErrorWords = {
    status: inner.status ?? outer.status,
    code: inner.code || outer.code,
    type: inner.type || outer.type,
    param: inner.param || outer.param,
    text: inner.text,
    details: [inner.details, outer.details].filter((text) => text !== "").join("\n"),
    headers: { ...outer.headers, ...inner.headers },
    wait: inner.wait || outer.wait,
  };
  if (upstream === undefined || upstream.text === "" || both.text.includes(upstream.text)) return both;
  return {
    ...both,
    code: /^\d*$/.test(both.code) ? upstream.code || both.code : both.code,
    type: both.type || upstream.type,
    param: both.param || upstream.param,
    text: `${both.text}: ${upstream.text}`,
  };
}

/** OpenRouter says "Provider returned error", and in `metadata.raw` what the provider said. */
function upstreamOf({ metadata }: Readonly<Record<string, unknown>>, depth: number): ErrorWords | undefined {
  const raw = isRecord(metadata) ? metadata["raw"] : undefined;
  return isSomething(raw) ? errorIn(raw, depth + 1) : undefined;
}

/** The first field of a request that FastAPI finds wrong: `[{"loc": ["body", "top_k"], "msg": "...", "type": "..."}]`. */
function wrongFields(list: unknown): ErrorWords | undefined {
  if (!Array.isArray(list) || list.length === 0) return undefined;
  const first: unknown = list[0];
  if (!isRecord(first) || typeof first["msg"] !== "string" || !Array.isArray(first["loc"])) return undefined;
  const param = first["loc"].filter((part) => part !== "body").join(".");
  return { ...NOTHING, type: textOf(first["type"]), param, text: `${param}: ${first["msg"]}` };
}

/** Google's `RetryInfo`: `{"retryDelay": "34s"}`. */
function retryDelayIn(details: unknown): string {
  if (!Array.isArray(details)) return "";
  return (
    details.map((detail) => (isRecord(detail) ? textOf(detail["retryDelay"]) : "")).find((text) => text !== "") ?? ""
  );
}

const secondsIn = (value: unknown): string => (typeof value === "number" ? `${value}s` : "");

function headersIn(metadata: unknown): Headers {
  const headers = isRecord(metadata) ? metadata["headers"] : undefined;
  if (!isRecord(headers)) return {};
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      typeof value === "string" ? [[name.toLowerCase(), value]] : [],
    ),
  );
}

/** The HTTP status of an error that a number or its digits stand for. */
function statusIn(value: unknown): number | undefined {
  const number = typeof value === "string" && /^\d{3}$/.test(value) ? Number(value) : value;
  return typeof number === "number" && number >= 400 && number < 600 ? number : undefined;
}

const textOf = (value: unknown): string =>
  typeof value === "string" ? (value === "None" ? "" : value) : typeof value === "number" ? String(value) : "";

const isSomething = <T>(value: T): value is NonNullable<T> =>
  value !== undefined && value !== null && (value as unknown) !== "";

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
