import { describe, expect, test, vi } from "vitest";
import { type HttpTransientOptions, retryIfHttpTransient } from "./http-transient.ts";
import { ConnectionError, Retrying, TimeoutError, waitNone } from "./index.ts";
import { waitRetryAfter } from "./retry-after.ts";
import { retryState } from "./testing/index.ts";

const error = (properties: object, cause?: unknown): Error => Object.assign(new Error("failed", { cause }), properties);

const afterError = (raised: unknown, options?: HttpTransientOptions): unknown =>
  retryIfHttpTransient(options)(retryState({ outcome: { status: "raised", error: raised } }));

const afterValue = (value: unknown, options?: HttpTransientOptions, args: readonly unknown[] = []): unknown =>
  retryIfHttpTransient(options)(retryState({ outcome: { status: "returned", value }, args }));

const response = (status: number, headers: Record<string, string> = {}): Response =>
  new Response(null, { status, headers });

describe("statuses", () => {
  test.each([408, 425, 429, 500, 502, 503, 504, 529])("%i may pass by itself", (status) => {
    expect(afterValue(response(status))).toBe(true);
    expect(afterError(error({ status }))).toBe(true);
  });

  test.each([200, 201, 204, 301, 304, 400, 401, 403, 404, 409, 410, 413, 422, 501, 505])("%i will not", (status) => {
    expect(afterValue(response(status))).toBe(false);
    expect(afterError(error({ status }))).toBe(false);
  });

  test("a list of one's own replaces the default one", () => {
    expect([409, 503].map((status) => afterValue(response(status), { statuses: [409] }))).toEqual([true, false]);
  });

  test("x-should-retry is believed either way", () => {
    expect(afterValue(response(409, { "x-should-retry": "true" }))).toBe(true);
    expect(afterValue(response(503, { "x-should-retry": "false" }))).toBe(false);
    expect(afterValue(response(503, { "x-should-retry": "maybe" }))).toBe(true);
  });
});

/** What the libraries really raise, property by property. */
const SHAPES: Readonly<Record<string, (status: number, method?: string) => unknown>> = {
  "axios: AxiosError": (status, method) =>
    error({ name: "AxiosError", config: { method }, response: { status, headers: {} } }),
  "got: HTTPError": (status, method) =>
    error({ name: "HTTPError", options: { method }, response: { statusCode: status } }),
  "ky: HTTPError": (status, method = "GET") =>
    error({ name: "HTTPError", request: new Request("http://x.test", { method }), response: response(status) }),
  "undici: ResponseError": (status) => error({ name: "ResponseError", statusCode: status, headers: {} }),
  "openai: APIError": (status) => error({ status, headers: new Headers(), error: {} }),
  "ollama: ResponseError": (status) => error({ name: "ResponseError", status_code: status, error: "busy" }),
};

describe("shapes", () => {
  test.each(Object.entries(SHAPES))("%s", (_, shape) => {
    expect(afterError(shape(503))).toBe(true);
    expect(afterError(shape(404))).toBe(false);
  });

  test.each(["axios: AxiosError", "got: HTTPError", "ky: HTTPError"])("%s shows its method", (name) => {
    expect(afterError(SHAPES[name]?.(503, "POST"))).toBe(false);
    expect(afterError(SHAPES[name]?.(503, "POST"), { methods: ["post"] })).toBe(true);
    expect(afterError(SHAPES[name]?.(503, "put"))).toBe(true);
  });

  test("the advice of a server is found in the answer inside an error, in Headers or a plain object", () => {
    const holders = [
      error({ response: response(503, { "Retry-After": "9" }) }),
      error({ response: { status: 503, headers: { "Retry-After": "9" } } }),
      error({ statusCode: 503, headers: { "retry-after": ["9", "10"] } }),
      error({ status: 503, headers: new Headers({ "retry-after": "9" }) }),
    ];
    const wait = waitRetryAfter({ jitter: 0 });
    const waits = holders.map((raised) => wait(retryState({ outcome: { status: "raised", error: raised } })));
    expect(waits).toEqual([9000, 9000, 9000, 9000]);
  });
});

describe("methods", () => {
  test("the method of fetch's arguments decides", () => {
    const after = (...args: unknown[]): unknown => afterValue(response(503), {}, args);
    expect(after("http://x.test", { method: "POST" })).toBe(false);
    expect(after("http://x.test", { method: "delete" })).toBe(true);
    expect(after(new Request("http://x.test", { method: "PATCH" }))).toBe(false);
    expect(after(new Request("http://x.test", { method: "PATCH" }), { method: "GET" })).toBe(true);
    expect(after("http://x.test")).toBe(true);
    expect(afterValue(response(503), { methods: ["POST"] }, ["http://x.test", { method: "POST" }])).toBe(true);
  });

  test("a method that may not be sent twice is not, for a lost connection neither", () => {
    const state = retryState({
      outcome: { status: "raised", error: new ConnectionError() },
      args: ["http://x.test", { method: "POST" }],
    });
    expect(retryIfHttpTransient()(state)).toBe(false);
    expect(retryIfHttpTransient({ methods: ["POST"] })(state)).toBe(true);
  });
});

describe("without an answer", () => {
  class APIConnectionError extends Error {}
  class APIConnectionTimeoutError extends APIConnectionError {}

  test.each<[string, unknown]>([
    ["a lost connection", new ConnectionError()],
    ["a timeout", new TimeoutError()],
    ["fetch failing", new TypeError("fetch failed", { cause: error({ code: "ECONNREFUSED" }) })],
    ["axios and got", error({ code: "ECONNRESET" })],
    ["axios in a browser", error({ code: "ERR_NETWORK" })],
    ["openai's own errors", new APIConnectionTimeoutError()],
    ["a client that wraps twice", error({}, error({}, error({ code: "EPIPE" })))],
  ])("%s is tried again", (_, raised) => {
    expect(afterError(raised)).toBe(true);
  });

  test.each<[string, unknown]>([
    ["a bug", new TypeError("x is not a function")],
    ["an abort", new DOMException("aborted", "AbortError")],
    ["nothing", undefined],
    ["a text", "503"],
  ])("%s is not", (_, raised) => {
    expect(afterError(raised)).toBe(false);
  });

  test("a value that is no answer is accepted", () => {
    expect([null, 503, "503", {}, { status: "503" }].map((value) => afterValue(value))).toEqual([
      false,
      false,
      false,
      false,
      false,
    ]);
  });
});

test("the body of an answer that is not accepted is cancelled before the next attempt, the last one's is not", async () => {
  const cancelled: number[] = [];
  const answer = (n: number): Response =>
    new Response(new ReadableStream({ cancel: () => void cancelled.push(n) }), { status: 503 });
  let calls = 0;
  const fn = vi.fn(() => answer(++calls));
  const failing = new Retrying({ retry: retryIfHttpTransient(), wait: waitNone() }).call(fn);
  await expect(failing).rejects.toMatchObject({ lastAttempt: { status: "returned", value: { bodyUsed: false } } });
  expect([calls, cancelled]).toEqual([3, [1, 2]]);
});
