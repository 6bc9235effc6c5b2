import { describe, expect, it } from "vitest";
import { resolveQueueAddress, showAddress, withoutPassword } from "./address.ts";

const SECRET = "kelp";

describe("the queue's address", () => {
  it.each([
    ["a flag before the environment", { redis: "redis://a", env: { HOLDFAST_REDIS_URL: "redis://b" } }, "redis://a"],
    [
      "the environment before what a session knows",
      { env: { HOLDFAST_REDIS_URL: "redis://b" }, known: "redis://c" },
      "redis://b",
    ],
    ["what a session knows", { env: {}, known: "rediss://c" }, "rediss://c"],
  ])("comes from %s", (_what, sources, expected) => {
    expect(resolveQueueAddress(sources)).toEqual({ redis: expected });
  });

  it("gets its password from the environment, and keeps one that its own URL there has", () => {
    const env = { HOLDFAST_POSTGRES_PASSWORD: SECRET };
    const postgres = "postgres://user@db/holdfast";
    expect(resolveQueueAddress({ postgres, env })).toEqual({ postgres: `postgres://user:${SECRET}@db/holdfast` });
    const HOLDFAST_POSTGRES_URL = "postgres://user:other@db/holdfast";
    expect(resolveQueueAddress({ env: { ...env, HOLDFAST_POSTGRES_URL } })).toEqual({
      postgres: HOLDFAST_POSTGRES_URL,
    });
  });

  it("is refused with a password on the command line, which is not repeated", () => {
    const resolve = (): unknown => resolveQueueAddress({ redis: `redis://:${SECRET}@host`, env: {} });
    expect(resolve).toThrow(expect.objectContaining({ code: "usage" }));
    expect(resolve).not.toThrow(SECRET);
  });

  it.each([
    ["two of them", { redis: "redis://a", postgres: "postgres://b", env: {} }],
    ["none", { env: {} }],
    ["one of another kind", { redis: "http://a", env: {} }],
    ["no URL", { env: { HOLDFAST_POSTGRES_URL: `${SECRET}@db` } }],
  ])("is refused when there is %s", (_what, sources) => {
    expect(() => resolveQueueAddress(sources)).toThrow(expect.objectContaining({ code: "usage" }));
  });

  it("is kept by a session without its password, and shown without its user", () => {
    const url = `postgres://user:${SECRET}@db:5432/holdfast`;
    expect(withoutPassword({ postgres: url })).toBe("postgres://user@db:5432/holdfast");
    expect(showAddress(url)).toBe("postgres://db:5432/holdfast");
    expect(showAddress("redis://db:6379/")).toBe("redis://db:6379");
  });
});
