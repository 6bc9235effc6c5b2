import { describe, expect, it } from "vitest";
import { parseRetryAfter } from "./parse-retry-after.ts";

const NOW_MS = Date.UTC(2026, 7, 21, 9, 0, 0);

describe("parseRetryAfter", () => {
  it.each([
    ["2", 2000],
    [" 120 ", 120_000],
    ["0", 0],
    ["0.5", 500],
    ["Fri, 21 Aug 2026 09:00:30 GMT", 30_000],
    ["Friday, 21-Aug-26 09:00:30 GMT", 30_000],
    ["Fri, 21 Aug 2026 08:00:00 GMT", 0],
    ["Fri, 01 Jan 2027 00:00:00 GMT", Date.UTC(2027, 0, 1) - NOW_MS],
    ["Fri, 1 Jan 2027 00:00:00 GMT", Date.UTC(2027, 0, 1) - NOW_MS],
    ["Fri Jan  1 00:00:00 2027", Date.UTC(2027, 0, 1) - NOW_MS],
    ["Fri, 21 Aug 2026 09:00:30 UTC", 30_000],
    ["Fri, 21 Aug 2026 09:00:30 +0000", 30_000],
    ["Fri, 21 Aug 2026 09:00:30 -0000", 30_000],
    ["fri, 21 aug 2026 09:00:30 gmt", 30_000],
    ["Fri, 21 Aug 2026 09:00:30 +0200", undefined],
    ["Fri, 21 Aug 2026 09:00:30 EST", undefined],
    ["soon", undefined],
    ["-3", undefined],
    ["", undefined],
    [undefined, undefined],
  ])("reads %j as %s ms", (header, ms) => {
    expect(parseRetryAfter(header, NOW_MS)).toBe(ms);
  });
});
