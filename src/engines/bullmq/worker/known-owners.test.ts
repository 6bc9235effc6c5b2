import { describe, expect, it } from "vitest";
import { looked, met, NO_OWNERS, waitOf, type KnownOwners } from "./known-owners.ts";
import type { OrphanReason } from "../queue/orphaned-session.ts";

const TIMEOUT_MS = 60_000;

/** What a look finds: the owner is there, is not there, or it is written down that there is none. */
type Found = "absent" | "marked" | "present" | "stopped";

const MARKS: Readonly<Partial<Record<Found, OrphanReason>>> = { marked: "gone", stopped: "stopped" };

/** Looks in the order of their times, at a session that was met at second 0. */
function after(looks: readonly (readonly [second: number, found: Found])[], timeoutMs = TIMEOUT_MS): KnownOwners {
  let known = met(NO_OWNERS, "s", 0);
  for (const [second, found] of looks) {
    const reason = MARKS[found];
    known = looked(known, {
      nowMs: second * 1000,
      present: new Set(found === "present" ? ["s"] : []),
      marked: new Map(reason === undefined ? [] : [["s", reason]]),
      timeoutMs,
    });
  }
  return known;
}

/** A look every three seconds. */
const every3s = (from: number, to: number, found: Found): readonly (readonly [number, Found])[] =>
  Array.from({ length: Math.floor((to - from) / 3) + 1 }, (_, n) => [from + n * 3, found] as const);

describe("the owner of a session", () => {
  it.each([
    ["is there", every3s(0, 300, "present"), undefined],
    ["was there less than the time ago", [...every3s(0, 30, "present"), ...every3s(33, 87, "absent")], undefined],
    ["was there longer than the time ago", [...every3s(0, 30, "present"), ...every3s(33, 90, "absent")], "gone"],
    ["was never there since the session was met", every3s(0, 60, "absent"), "gone"],
    ["was never there, for less than the time", every3s(0, 57, "absent"), undefined],
    [
      "was away for less than the time, twice",
      [...every3s(0, 57, "absent"), [59, "present"], ...every3s(62, 116, "absent")],
      undefined,
    ],
    ["came back", [...every3s(0, 90, "absent"), [93, "present"]], undefined],
    [
      "came back and is gone again",
      [...every3s(0, 90, "absent"), [93, "present"], ...every3s(96, 153, "absent")],
      "gone",
    ],
    ["is gone, as another worker has found out", [[0, "marked"]], "gone"],
    [
      "has stopped",
      [
        [0, "present"],
        [3, "stopped"],
      ],
      "stopped",
    ],
    [
      "is there, and another worker had found it gone",
      [
        [0, "marked"],
        [3, "present"],
      ],
      undefined,
    ],
    // The database, or this machine, was away: nobody could be seen.
    ["is absent after the database was away", [...every3s(0, 30, "present"), [300, "absent"]], undefined],
    [
      "is absent for less than the time since the database is back",
      [...every3s(0, 30, "present"), ...every3s(300, 357, "absent")],
      undefined,
    ],
    [
      "is absent for longer than the time since the database is back",
      [...every3s(0, 30, "present"), ...every3s(300, 360, "absent")],
      "gone",
    ],
    ["was gone before the database was away", [...every3s(0, 90, "absent"), [900, "absent"]], "gone"],
    [
      "is absent whenever the database answers",
      [
        [0, "absent"],
        [50, "absent"],
        [100, "absent"],
        [150, "absent"],
      ],
      undefined,
    ],
    // Else a worker whose steps block it would pay for a session without an owner forever.
    [
      "is absent each time that a worker looks which its steps block",
      Array.from({ length: 40 }, (_, n) => [n * 15, "absent"] as const),
      "gone",
    ],
  ] as const)("that %s", (_, looks, orphaned) => {
    expect(after(looks).owners.get("s")?.orphaned).toBe(orphaned);
  });

  it("may be gone for any time where there is no limit", () => {
    expect(after(every3s(0, 3_000, "absent"), Infinity).owners.get("s")?.orphaned).toBeUndefined();
  });

  it("is one of several, each by itself", () => {
    const known = looked(met(met(NO_OWNERS, "gone", 0), "there", 0), {
      nowMs: 1_000,
      present: new Set(["there"]),
      marked: new Map([["gone", "gone"]]),
      timeoutMs: TIMEOUT_MS,
    });
    expect([...known.owners].map(([identity, { orphaned }]) => [identity, orphaned])).toEqual([
      ["gone", "gone"],
      ["there", undefined],
    ]);
  });

  it("is forgotten an hour after the session's last job", () => {
    expect(after(every3s(0, 3_600, "present")).owners.size).toBe(1);
    expect(after([...every3s(0, 3_600, "present"), [3_603, "present"]]).owners.size).toBe(0);
  });
});

it.each([
  [0, 5_000],
  [60_000, 60_000],
  [60_000.3782, 60_001],
  [86_400_000, 300_000],
])("a job whose owner is gone for %d ms waits %d ms for the next look", (goneMs, waitMs) => {
  expect(waitOf({ seenMs: 1_000, metMs: 1_000, orphaned: "gone" }, 1_000 + goneMs)).toBe(waitMs);
});
