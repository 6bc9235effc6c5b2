import { describe, expect, it } from "vitest";
import { queueUnusable } from "./open-backend.ts";

const REDIS = { redis: "redis://:kelp@queue:6379" };
const POSTGRES = { postgres: "postgres://app:kelp@db/holdfast" };
const START = "Start the database, or fix the address, then run again.";

describe("a queue that cannot be used", () => {
  it.each([
    { says: "NOAUTH HELLO must be called with the client already authenticated", at: REDIS, mend: "REDIS" },
    { says: "WRONGPASS invalid username-password pair or user is disabled.", at: REDIS, mend: "REDIS" },
    { says: 'password authentication failed for user "app"', at: POSTGRES, mend: "POSTGRES" },
    { says: "SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string", at: POSTGRES, mend: "POSTGRES" },
    { says: "connect ECONNREFUSED 127.0.0.1:6379", at: REDIS, mend: undefined },
    { says: "getaddrinfo ENOTFOUND db", at: POSTGRES, mend: undefined },
  ])("says what to do about: $says", ({ says, at, mend }) => {
    const { message, hint } = queueUnusable(at, new Error(says));
    expect(message).toMatch(/^Cannot use the queue at (redis:\/\/queue:6379|postgres:\/\/db\/holdfast): .*[^.]\.$/);
    expect(hint).toContain(
      mend === undefined ? START : `Set the right password as HOLDFAST_${mend}_PASSWORD, then run again.`,
    );
    expect(JSON.stringify([message, hint])).not.toContain("kelp");
  });
});
