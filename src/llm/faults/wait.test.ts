import { describe, expect, it } from "vitest";
import { retryAfterMs, type Headers } from "../limits/index.ts";
import { limitResetMs, waitInWords } from "./wait.ts";

const NOW_MS = Date.UTC(2026, 0, 19);
const limits = (requests: string, tokens: string) => ({
  "x-ratelimit-remaining-requests": requests,
  "x-ratelimit-reset-requests": "6m0s",
  "x-ratelimit-remaining-tokens": tokens,
  "x-ratelimit-reset-tokens": "17ms",
});

const waitMs = (headers: Headers): number | undefined => retryAfterMs(headers, NOW_MS) ?? limitResetMs(headers, NOW_MS);

describe("the wait in headers", () => {
  it.each([
    [{}, undefined],
    [{ "retry-after-ms": "1500", "retry-after": "9" }, 1500],
    [{ "retry-after": "9", ...limits("0", "0") }, 9000],
    [limits("0", "5"), 360_000],
    [limits("5", "0"), 17],
    [limits("0", "0"), 360_000],
    [limits("5", "5"), undefined],
    [{ "x-ratelimit-reset": `${NOW_MS + 2500}` }, 2500],
    [{ "x-ratelimit-reset": `${NOW_MS / 1000 + 3}` }, 3000],
    [{ "x-ratelimit-reset": "4" }, 4000],
    [{ "x-ratelimit-reset": "1h2m3.5s" }, 3_723_500],
    [{ "x-ratelimit-reset": "soon" }, undefined],
    // Cerebras counts days too, in seconds.
    [{ "x-ratelimit-remaining-requests-day": "0", "x-ratelimit-reset-requests-day": "33011.382867" }, 33_011_383],
  ])("reads %j as %s ms", (headers, ms) => {
    expect(waitMs(headers)).toBe(ms);
  });
});

describe("the wait in words", () => {
  it.each([
    ["Please try again in 8.12s. Need more tokens?", 8120],
    ["Please try again in 1h2m3s", 3_723_000],
    ["Please retry in 34.07s.", 34_070],
    ["Please retry after 26 seconds.", 26_000],
    ["Try again in 5 minutes", 300_000],
    ["retry after 2 hours and a day", 7_200_000],
    ["Please try again in 250 ms", 250],
    ["Please try again in a moment", undefined],
    ["Please try again later: 12s", undefined],
    ["12s", undefined],
  ])("reads %s as %s ms", (text, ms) => {
    expect(waitInWords(text)).toBe(ms);
  });
});
