import { describe, expect, it, vi } from "vitest";
import { alignColumns, countOf, formatBytes, formatCount, formatMs, formatTime, shorten } from "./report-text.ts";

describe("formatCount", () => {
  it.each([
    [0, "0"],
    [999, "999"],
    [1000, "1,000"],
    [12_345, "12,345"],
    [1_234_567, "1,234,567"],
    [4.2, "4.2"],
    [1234.5, "1,234.5"],
  ])("writes %d as %s", (n, text) => {
    expect(formatCount(n)).toBe(text);
  });
});

describe("formatBytes", () => {
  it.each([
    [0, "0 bytes"],
    [1, "1 byte"],
    [999, "999 bytes"],
    [1000, "1.0 kB"],
    [1550, "1.6 kB"],
    [999_949, "999.9 kB"],
    [1_000_000, "1.0 MB"],
    [2_500_000_000, "2.5 GB"],
    [7e15, "7000.0 TB"],
  ])("writes %d as %s", (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });
});

describe("formatMs", () => {
  it.each([
    [0, "0 ms"],
    [1.4, "1 ms"],
    [999, "999 ms"],
    [1000, "1 s"],
    [4249, "4.2 s"],
    [3_600_000, "3,600 s"],
  ])("writes %d as %s", (ms, text) => {
    expect(formatMs(ms)).toBe(text);
  });
});

it("countOf writes one and many", () => {
  expect([countOf(1, "item"), countOf(1234, "item"), countOf(0, "entry", "entries")]).toEqual([
    "1 item",
    "1,234 items",
    "0 entries",
  ]);
});

it("formatTime writes the time of day in the reader's zone", () => {
  vi.stubEnv("TZ", "America/New_York");
  expect(formatTime("2026-01-19T14:30:52.123Z")).toBe("2026-01-19 09:30:52 -05:00");
  vi.unstubAllEnvs();
});

it("shorten puts a text on one line and cuts it", () => {
  expect(shorten(" one\n two ")).toBe("one two");
  expect(shorten("x".repeat(200), 10)).toBe("xxxxxxx...");
});

it.each([
  ["/home/ada/exports/2026/chats.json lists files that are not there", ".../chats.json lists files that are not there"],
  ['not read: "/home/ada/exports/2026/chats.json", which is empty', 'not read: ".../chats.json", which is empty'],
  ["not read: C:\\Users\\Ada\\Downloads\\chats.json, which is empty", "not read: ...\\chats.json, which is empty"],
  ["https://a.example/b/c/d/e/f answers with 404 for all of them", "https://a.example/b/c/d/e/f answers with 404 f..."],
  [
    "a and/or b or/and c or/and d, or /dev/null or even /tmp as well",
    "a and/or b or/and c or/and d, or .../null or e...",
  ],
])("shorten keeps the name of a file and drops its folder first: %s", (text, short) => {
  expect(shorten(text, 49)).toBe(short);
});

it("shorten counts the columns of a terminal, and cuts no emoji", () => {
  expect(shorten("海の底の昆布", 12)).toBe("海の底の昆布");
  expect(shorten("海の底の昆布", 11)).toBe("海の底の...");
  expect(shorten("👩‍🚀".repeat(10), 8)).toBe("👩‍🚀👩‍🚀...");
  expect(shorten("x".repeat(1_000_000), 5)).toBe("xx...");
});

it("alignColumns aligns Chinese characters and emoji as a terminal shows them", () => {
  expect(
    alignColumns([
      ["昆布", "a"],
      ["kelp", "b"],
      ["👩‍🚀", "c"],
    ]),
  ).toEqual(["昆布  a", "kelp  b", "👩‍🚀    c"]);
});

it("alignColumns makes each column as wide as its widest cell, and the last one as wide as it is", () => {
  expect(
    alignColumns([
      ["a", "bb", "a long last cell"],
      ["ccc", "d", ""],
      ["e", "f"],
    ]),
  ).toEqual(["a    bb  a long last cell", "ccc  d", "e    f"]);
});
