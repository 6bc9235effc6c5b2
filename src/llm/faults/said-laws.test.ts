import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { failureOf, judge, saidInAnswer, saidInRefusal } from "./index.ts";

const NAMES = [
  "error",
  "message",
  "code",
  "type",
  "param",
  "status",
  "detail",
  "details",
  "metadata",
  "raw",
  "loc",
  "msg",
];

/** Errors in errors, in lists and in strings of JSON, as gateways make them. */
const anyError = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.string(),
    fc.integer(),
    fc.constant(null),
    fc.boolean(),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...NAMES), tie("value"), { maxKeys: 4 }),
    tie("value").map((inner) => JSON.stringify(inner)),
  ),
})).value;

const anyStatus = fc.constantFrom(200, 301, 400, 401, 402, 403, 404, 413, 422, 429, 498, 500, 502, 503, 529);
const anyHeaders = fc.dictionary(
  fc.constantFrom("content-type", "retry-after", "x-ratelimit-reset", "x-ratelimit-remaining-x", "location"),
  fc.oneof(fc.string(), fc.constantFrom("text/html", "0", "12")),
);

describe("whatever a server says", () => {
  it("means something, in a message of bounded length", () => {
    fc.assert(
      fc.property(
        anyStatus,
        anyHeaders,
        fc.oneof(
          anyError.map((error) => JSON.stringify(error)),
          fc.string(),
        ),
        (status, headers, raw) => {
          for (const said of [saidInRefusal({ status, headers }, raw), saidInAnswer(raw)]) {
            const failure = failureOf(judge(said, "openai"));
            expect(failure.message).toMatch(/\S/);
            expect(failure.message.length).toBeLessThan(1_200);
            expect(failure.retryAfterMs ?? 0).toBeGreaterThanOrEqual(0);
          }
        },
      ),
    );
  });

  it("is found in an error as it is in an error in an error, a list, or a string", () => {
    const plain = { message: "prompt is too long: 5 tokens > 4 maximum", type: "invalid_request_error" };
    const wrapped: readonly unknown[] = [
      plain,
      { error: plain },
      [{ error: plain }],
      { error: JSON.stringify({ error: plain }) },
      { error: { message: JSON.stringify({ error: plain }) } },
      { detail: plain.message },
      { error: { message: "Provider returned error", metadata: { raw: JSON.stringify({ error: plain }) } } },
      { error: { message: "Provider returned error", metadata: { raw: { error: plain } } } },
    ];
    for (const body of wrapped) {
      const said = saidInRefusal({ status: 400, headers: {} }, JSON.stringify(body));
      expect([body, judge(said, "openai").means.kind]).toEqual([body, "input_too_long"]);
      expect(said.text.endsWith(plain.message)).toBe(true);
    }
  });
});
