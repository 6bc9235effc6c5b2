import { describe, expect, it } from "vitest";
import { isFields, listOf, textOf, timeOf } from "./json-fields.ts";

const ODD_VALUES = [undefined, null, 0, 12345, true, "", "text", [], [1], {}, { a: 1 }];

it("gives the value when its type is the wanted one, and an empty one otherwise", () => {
  expect(ODD_VALUES.map(textOf)).toEqual(["", "", "", "", "", "", "text", "", "", "", ""]);
  expect(ODD_VALUES.map(listOf)).toEqual([[], [], [], [], [], [], [], [], [1], [], []]);
  expect(ODD_VALUES.filter(isFields)).toEqual([{}, { a: 1 }]);
});

it("replaces half a surrogate pair, which UTF-8 cannot hold", () => {
  expect(textOf("a\uD800b𝄞")).toBe("a\uFFFDb𝄞");
});

describe("a time", () => {
  it.each<[unknown, string | undefined]>([
    ["2025-12-20T09:28:24.439525Z", "2025-12-20T09:28:24.439Z"],
    ["2026-01-15T10:30:00.000000+00:00", "2026-01-15T10:30:00.000Z"],
    ["2026-01-15T10:30:00+09:00", "2026-01-15T01:30:00.000Z"],
    ["2024-08-08T19:12:06.120414", "2024-08-08T19:12:06.120Z"],
    ["2024-08-08 19:12:06", "2024-08-08T19:12:06.000Z"],
    ["2024-08-08", "2024-08-08T00:00:00.000Z"],
    ["2024-13-45T00:00:00Z", undefined],
    ["yesterday", undefined],
    [1_700_000_000, undefined],
    [null, undefined],
  ])("written as %j is %j", (value, time) => {
    expect(timeOf(value)).toBe(time);
  });
});
