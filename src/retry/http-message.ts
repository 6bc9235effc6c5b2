import type { RetryState } from "./state.ts";

/** What is known of the HTTP exchange behind an attempt. */
export interface HttpMessage {
  /** The answer's status; undefined when there was no answer, or no HTTP. */
  readonly status: number | undefined;
  /** The request's method in capitals; undefined when it is unknown. */
  readonly method: string | undefined;
  /** A header of the answer by its lower-case name. */
  readonly header: (name: string) => string | undefined;
}

/**
 * Finds the HTTP exchange in what an attempt returned or raised. Known shapes: fetch's Response; errors with `status`,
 * `statusCode` or `status_code` (undici, openai, ollama); errors with a `response` (axios, got, ky). The method is
 * read from there, or from the arguments when fetch itself, or a function called like it, is what is retried.
 */
export function httpMessageOf({ outcome, args }: RetryState): HttpMessage {
  const subject = outcome?.status === "raised" ? outcome.error : outcome?.value;
  const response = read(subject, "response");
  const headers = read(subject, "headers") ?? read(response, "headers");
  return {
    status: firstOf("number", STATUS_KEYS, subject, response),
    method: methodOf(subject, response, args)?.toUpperCase(),
    header: (name) => headerOf(headers, name),
  };
}

const STATUS_KEYS = ["status", "statusCode", "status_code"];

/** Where the libraries keep the request: axios in `config`, got in `options`, ky and axios in `request`. */
const REQUEST_KEYS = ["config", "options", "request"];

function methodOf(subject: unknown, response: unknown, args: readonly unknown[]): string | undefined {
  const requests = [subject, response].flatMap((holder) => REQUEST_KEYS.map((key) => read(holder, key)));
  return firstOf("string", ["method"], ...requests, args[1], args[0]);
}

function headerOf(headers: unknown, name: string): string | undefined {
  const get = read(headers, "get");
  if (typeof get === "function") return textOf(get.call(headers, name));
  if (typeof headers !== "object" || headers === null) return undefined;
  const entry = Object.entries(headers).find(([key]) => key.toLowerCase() === name);
  return textOf(entry?.[1]);
}

function textOf(value: unknown): string | undefined {
  if (Array.isArray(value)) return textOf(value[0]);
  return typeof value === "string" || typeof value === "number" ? String(value).trim() : undefined;
}

function firstOf(type: "number", keys: readonly string[], ...holders: readonly unknown[]): number | undefined;
function firstOf(type: "string", keys: readonly string[], ...holders: readonly unknown[]): string | undefined;
function firstOf(type: string, keys: readonly string[], ...holders: readonly unknown[]): unknown {
  return holders.flatMap((holder) => keys.map((key) => read(holder, key))).find((value) => typeof value === type);
}

/** A property of anything, undefined when there is none. */
function read(holder: unknown, key: string): unknown {
  return typeof holder === "object" && holder !== null ? Reflect.get(holder, key) : undefined;
}
