import { describe, expect, it } from "vitest";
import { rateLimitWaitMs } from "./wait.ts";

const NOW_MS = Date.UTC(2026, 0, 19);
const limits = (requests: string, tokens: string) => ({
  "x-ratelimit-remaining-requests": requests,
  "x-ratelimit-reset-requests": "6m0s",
  "x-ratelimit-remaining-tokens": tokens,
  "x-ratelimit-reset-tokens": "17ms",
});

describe("rateLimitWaitMs", () => {
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
  ])("reads %j as %s ms", (headers, waitMs) => {
    expect(rateLimitWaitMs(headers, NOW_MS)).toBe(waitMs);
  });
});
