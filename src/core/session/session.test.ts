import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { NO_ITEMS } from "./item-counts.ts";
import type { JsonValue } from "../base/json-value.ts";
import { createSession, parseSession, serializeSession, type Session } from "./session.ts";
import { ItemStatus, PhaseStatus, SessionStatus } from "../base/status.ts";
import type { ItemCounts } from "../storage/store.ts";

const countsOf = (some: Partial<ItemCounts>): ItemCounts => ({ ...NO_ITEMS, ...some });
const status = fc.constantFrom(...Object.values(ItemStatus));
const counts = fc
  .tuple(status, fc.nat(), status, fc.nat())
  .map(([a, countA, b, countB]) => countsOf({ [a]: countA, [b]: countB }));
const time = fc.date({ noInvalidDate: true }).map((date) => date.toISOString());
/** JSON has no -0. */
const jsonValues = fc.jsonValue().map((value): JsonValue => JSON.parse(JSON.stringify(value)));
const sessions: fc.Arbitrary<Session> = fc.record(
  {
    layout: fc.constant(1 as const),
    id: fc.constantFrom("20260119_143052", "20260119_143052_02"),
    pipeline: fc.record(
      { name: fc.string(), path: fc.option(fc.string()), hash: fc.string() },
      { noNullPrototype: true },
    ),
    status: fc.constantFrom(...Object.values(SessionStatus)),
    createdAt: time,
    updatedAt: time,
    debug: fc.boolean(),
    options: jsonValues,
    phases: fc.array(
      fc.record(
        { name: fc.string(), status: fc.constantFrom(...Object.values(PhaseStatus)), counts, parts: counts },
        { requiredKeys: ["name", "status", "counts"], noNullPrototype: true },
      ),
    ),
    counts,
    parts: counts,
    reason: fc.string({ unit: "grapheme" }),
  },
  {
    requiredKeys: [
      "layout",
      "id",
      "pipeline",
      "status",
      "createdAt",
      "updatedAt",
      "debug",
      "options",
      "phases",
      "counts",
    ],
    noNullPrototype: true,
  },
);

describe("serializeSession and parseSession", () => {
  test("give back any session as it was", () => {
    fc.assert(
      fc.property(sessions, (session) => {
        expect(parseSession(serializeSession(session), "session.json")).toStrictEqual(session);
      }),
    );
  });

  test("refuse a file that was cut off anywhere", () => {
    const text = serializeSession(session).trimEnd();
    fc.assert(
      fc.property(fc.nat(text.length - 1), (length) => {
        expect(() => parseSession(text.slice(0, length), "session.json")).toThrow(
          expect.objectContaining({ code: "session_damaged", message: expect.stringContaining('"session.json"') }),
        );
      }),
    );
  });
});

const session = createSession({
  id: "20260119_143052",
  pipeline: { name: "summaries", path: "/home/me/summaries.ts", hash: "abc" },
  phases: ["import"],
  now: new Date("2026-01-19T14:30:52Z"),
});

describe("parseSession", () => {
  const damaged = (change: (json: Record<string, unknown>) => void): string => {
    const json: Record<string, unknown> = JSON.parse(serializeSession(session));
    change(json);
    return JSON.stringify(json);
  };

  test.each([
    ["id", 'should be a session id but is "../x"', damaged((json) => (json["id"] = "../x"))],
    ["id", "should be a text but is missing", damaged((json) => delete json["id"])],
    ["layout", 'should be a whole number of 0 or more but is "1"', damaged((json) => (json["layout"] = "1"))],
    [
      "status",
      'should be one of pending, running, completed, failed, partial, interrupted but is "done"',
      damaged((json) => (json["status"] = "done")),
    ],
    [
      "status",
      'should be one of pending, running, completed, failed, partial, interrupted but is "toString"',
      damaged((json) => (json["status"] = "toString")),
    ],
    [
      "createdAt",
      'should be a time like 2026-01-19T14:30:52.000Z but is "yesterday"',
      damaged((json) => (json["createdAt"] = "yesterday")),
    ],
    [
      "updatedAt",
      "should be a time like 2026-01-19T14:30:52.000Z but is 0",
      damaged((json) => (json["updatedAt"] = 0)),
    ],
    ["debug", 'should be true or false but is "no"', damaged((json) => (json["debug"] = "no"))],
    ["options", "should be a value but is missing", damaged((json) => delete json["options"])],
    [
      "pipeline.path",
      "should be a text but is 7",
      damaged((json) => (json["pipeline"] = { name: "a", path: 7, hash: "b" })),
    ],
    ["pipeline", "should be an object but is missing", damaged((json) => delete json["pipeline"])],
    ["phases", "should be a list but is {}", damaged((json) => (json["phases"] = {}))],
    ["phases[0].name", "should be a text but is missing", damaged((json) => (json["phases"] = [{}]))],
    [
      "phases[0].counts.pending",
      "should be a whole number of 0 or more but is -1",
      damaged((json) => (json["phases"] = [{ name: "a", status: "failed", counts: { pending: -1 } }])),
    ],
    [
      "counts.review",
      "should be a whole number of 0 or more but is 0.5",
      damaged((json) => (json["counts"] = { ...NO_ITEMS, review: 0.5 })),
    ],
    ["reason", "should be a text but is null", damaged((json) => (json["reason"] = null))],
  ])("says of a damaged field %s that it %s", (field, problem, text) => {
    expect(() => parseSession(text, "/ws/session.json")).toThrow(
      expect.objectContaining({
        code: "session_damaged",
        message: `Cannot use "/ws/session.json": field \`${field}\` ${problem}. Nothing was changed.`,
        hint: expect.any(String),
      }),
    );
  });

  test.each([
    null,
    7,
    "resume",
    [],
    {},
    { kind: "a_later_kind", sessionId: "20260119_143052" },
    { kind: "take_next", limit: 50 },
    { kind: "take_next", limit: -1, sessionId: "20260119_143052" },
    { kind: "raise_limit", limit: "maxDays", to: 3, sessionId: "20260119_143052" },
    { kind: "raise_limit", limit: "maxCost", to: null, sessionId: "20260119_143052" },
    { kind: "raise_limit", limit: "maxCost", to: "$(touch x)", sessionId: "20260119_143052" },
    { kind: "raise_limit", limit: "maxCost", to: 2, sessionId: "a; rm -rf x" },
  ])("reads a session without its hint when the hint is %j", (hint) => {
    expect(
      parseSession(
        damaged((json) => (json["hint"] = hint)),
        "session.json",
      ),
    ).toStrictEqual(session);
  });

  test.each([
    ["", "it is empty"],
    ["\n", "it is empty"],
    ["{", "it is not JSON"],
    ["[]", "it should be an object but is []"],
    ["null", "it should be an object but is null"],
    ["<html>", "it is not JSON"],
  ])("refuses %j: %s", (text, problem) => {
    expect(() => parseSession(text, "session.json")).toThrow(
      expect.objectContaining({ code: "session_damaged", message: expect.stringContaining(problem) }),
    );
  });

  test("refuses a newer layout before it looks at anything else", () => {
    expect(() => parseSession('{"layout":2,"novel":true}', "/ws/session.json")).toThrow(
      expect.objectContaining({
        code: "session_layout",
        message:
          '"/ws/session.json" has layout 2, but this version of Holdfast reads only layout 1. Nothing was changed.',
      }),
    );
  });

  test("leaves fields that it does not know alone", () => {
    expect(
      parseSession(
        damaged((json) => (json["extra"] = 1)),
        "session.json",
      ),
    ).toStrictEqual(session);
  });

  test("shows only the beginning of a long value", () => {
    expect(() =>
      parseSession(
        damaged((json) => (json["status"] = "x".repeat(1_000_000))),
        "session.json",
      ),
    ).toThrow(/x{59}\.\.\.\. /);
  });
});
