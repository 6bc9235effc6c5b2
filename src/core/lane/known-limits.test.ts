import { describe, expect, it } from "vitest";
import { KnownLimits, limitsInWords } from "./known-limits.ts";
import type { ToldLimit } from "../base/index.ts";

const MINUTE = 60_000;
const tokens = (limit: number, remaining: number): ToldLimit => ({ of: "tokens", limit, remaining });
const requests: ToldLimit = { of: "requests", limit: 60 };

describe("what is news of an API's limits", () => {
  it.each<[what: string, told: readonly (readonly [atMs: number, ...limits: ToldLimit[]])[], news: readonly number[]]>([
    ["each limit when it is told first", [[0, requests, tokens(100, 50)]], [2]],
    [
      "nothing when less is left",
      [
        [0, tokens(100, 50)],
        [MINUTE, tokens(100, 10)],
      ],
      [1, 0],
    ],
    [
      "another limit",
      [
        [0, tokens(100, 50)],
        [MINUTE, tokens(200, 150)],
      ],
      [1, 1],
    ],
    [
      "a limit that changes all the time, once a minute",
      [
        [0, tokens(100, 50)],
        [1, tokens(101, 50)],
        [2, tokens(99, 50)],
        [MINUTE, tokens(99, 50)],
      ],
      [1, 0, 0, 1],
    ],
    [
      "a limit that is used up, at once",
      [
        [0, tokens(100, 50)],
        [1, tokens(100, 0)],
      ],
      [1, 1],
    ],
    [
      "a limit that is used up again and again, once a minute",
      [
        [0, tokens(100, 0)],
        [1, tokens(100, 9)],
        [2, tokens(100, 0)],
        [MINUTE, tokens(100, 0)],
      ],
      [1, 0, 0, 1],
    ],
    [
      "a limit in another window",
      [
        [0, requests],
        [1, { ...requests, windowMs: MINUTE }],
      ],
      [1, 1],
    ],
    [
      "another one of a kind",
      [
        [0, requests],
        [1, { ...requests, name: "project" }],
      ],
      [1, 1],
    ],
  ])("%s", (_what, told, news) => {
    const known = new KnownLimits();
    expect(told.map(([atMs, ...limits]) => known.add({ limits }, atMs).length)).toEqual(news);
  });

  it("is nothing that is unsound", () => {
    const known = new KnownLimits();
    for (const told of [undefined, null, 7, {}, { limits: "many" }, { limits: [null, { of: "images", limit: 1 }] }]) {
      expect(known.add(told, 0)).toEqual([]);
    }
    const odd = [-1, Number.NaN, Infinity, 1e300, "60", 0.5].map((limit) => ({ of: "requests", limit }));
    expect(known.add({ limits: odd }, 0)).toEqual([]);
    expect(known.latest).toEqual({ limits: [] });
  });
});

describe("what is kept of an API's limits", () => {
  it("is the latest of each kind", () => {
    const known = new KnownLimits();
    known.add({ limits: [requests, tokens(100, 50)] }, 1);
    known.add({ limits: [tokens(100, 40)] }, 2);
    expect(known.latest.limits).toEqual([
      { ...requests, atMs: 1 },
      { ...tokens(100, 40), atMs: 2 },
    ]);
  });

  it("is what it asked to wait, and when", () => {
    const known = new KnownLimits();
    known.add({ limits: [], retryAfterMs: 1500 }, 7);
    known.add({ limits: [], retryAfterMs: Number.NaN }, 8);
    expect(known.latest).toEqual({ limits: [], asked: { retryAfterMs: 1500, atMs: 7 } });
  });

  it("is bounded: those that were told longest ago make room", () => {
    const known = new KnownLimits();
    for (let n = 0; n < 1000; n += 1) known.add({ limits: [requests, { of: "tokens", limit: n, name: `n${n}` }] }, n);
    expect(known.latest.limits).toHaveLength(32);
    expect(known.latest.limits).toContainEqual({ ...requests, atMs: 999 });
  });
});

describe("limits in words", () => {
  it.each<[ToldLimit, string]>([
    [requests, "60 requests"],
    [tokens(40_000, 399), "40,000 tokens (399 left)"],
    [{ of: "requests", remaining: 9 }, "requests (9 left)"],
    [{ ...tokens(100, 0), windowMs: MINUTE, resetMs: 1500 }, "100 tokens in 60 s (none left for 1.5 s)"],
    [{ of: "input tokens", limit: 1000, name: "project" }, "1,000 input tokens (project)"],
  ])("%j", (limit, words) => {
    expect(limitsInWords([limit])).toBe(words);
  });
});
