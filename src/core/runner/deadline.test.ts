import { describe, expect, it, vi } from "vitest";
import { FakeClock } from "../../retry/testing/index.ts";
import { assertDeadline, parseUntil, watchDeadline } from "./deadline.ts";
import { RunControl, type StopCause } from "./run-control.ts";
import type { RunLimits } from "./run-limits.ts";

const sessionId = "20260119_143052";

async function causeAfter(limits: RunLimits, ms: number, wallStart: Date): Promise<StopCause | undefined> {
  const clock = new FakeClock({ wallStartMs: wallStart.getTime() });
  const control = new RunControl();
  using _ = watchDeadline(limits, { sessionId, control, clock });
  await clock.sleep(ms);
  await clock.sleep(0);
  return control.cause;
}

/** In local time, as `--until` is. */
const at = (day: number, hour: number, minute = 0): Date => new Date(2026, 0, day, hour, minute);

const HOUR = 3_600_000;

describe("a deadline", () => {
  it.each([
    { limits: { maxTime: "8h" }, stopsAfter: 8 * HOUR, hint: { limit: "maxTime", to: "8h" } },
    { limits: { maxTime: 90_000 }, stopsAfter: 90_000, hint: { limit: "maxTime", to: "90000ms" } },
    { limits: { until: "06:00" }, stopsAfter: 8 * HOUR, hint: { limit: "until", to: "06:00" } },
    { limits: { until: "22:30" }, stopsAfter: HOUR / 2, hint: { limit: "until", to: "22:30" } },
    { limits: { until: at(3, 0) }, stopsAfter: 26 * HOUR, hint: { limit: "until", to: "" } },
    { limits: { until: "2026-01-03T00:00" }, stopsAfter: 26 * HOUR, hint: { limit: "until", to: "" } },
    { limits: { until: "06:00", maxTime: "1h" }, stopsAfter: HOUR, hint: { limit: "maxTime", to: "1h" } },
  ] as const)(
    "of $limits, begun at 22:00, drains the run then and not before",
    async ({ limits, stopsAfter, hint }) => {
      expect(await causeAfter(limits, stopsAfter - 1_000, at(1, 22))).toBeUndefined();
      expect(await causeAfter(limits, stopsAfter, at(1, 22))).toMatchObject({
        kind: "limit",
        hint: { kind: "more_time", sessionId, ...hint },
      });
    },
  );

  it.each([
    { asked: at(1, 22), until: "22:30", begun: at(1, 22, 31), stopsAfter: 0 },
    { asked: at(1, 23, 59), until: "06:00", begun: at(2, 0, 1), stopsAfter: 6 * HOUR - 60_000 },
    { asked: at(1, 5, 59), until: "06:00", begun: at(1, 6, 1), stopsAfter: 0 },
    { asked: at(1, 5, 59), until: "2026-01-01T06:00", begun: at(1, 6, 1), stopsAfter: 0 },
  ])(
    "of $until is the one that was meant at $asked, whenever it is read again: at $begun",
    async ({ asked, until, begun, stopsAfter }) => {
      const limits = { until, askedAt: asked };
      expect(() => assertDeadline(limits, begun)).not.toThrow();
      if (stopsAfter > 0) expect(await causeAfter(limits, stopsAfter - 1_000, begun)).toBeUndefined();
      expect(await causeAfter(limits, stopsAfter, begun)).toMatchObject({ kind: "limit", limit: "until" });
    },
  );

  it("is told in the time of its user", async () => {
    vi.stubEnv("TZ", "Asia/Kolkata");
    expect(await causeAfter({ until: "2026-01-02T03:04:00Z" }, 48 * HOUR, new Date("2026-01-01"))).toMatchObject({
      message: "it is 2026-01-02 08:34:00 +05:30, when the run was to stop",
    });
    expect(() => assertDeadline({ until: "2026-01-01T05:29" }, new Date("2026-01-01T00:00:00Z"))).toThrow(
      "Expected `until` to be a time to come, but 2026-01-01 05:29:00 +05:30 is past.",
    );
    vi.unstubAllEnvs();
  });

  it("that nobody set never comes", async () => {
    expect(await causeAfter({}, 1_000 * HOUR, at(1, 22))).toBeUndefined();
    expect(await causeAfter({ maxTime: Infinity }, 1_000 * HOUR, at(1, 22))).toBeUndefined();
  });

  it("is no longer watched once the run has ended", async () => {
    const clock = new FakeClock();
    const control = new RunControl();
    watchDeadline({ maxTime: "1h" }, { sessionId, control, clock })[Symbol.dispose]();
    await clock.sleep(2 * HOUR);
    expect(control.stopping).toBe(false);
  });
});

it.each([
  ["06:00", at(2, 6)],
  ["22:00", at(2, 22)],
  ["22:01", at(1, 22, 1)],
  ["00:00", at(2, 0)],
  ["2026-01-02 03:04", at(2, 3, 4)],
  ["2026-01-02T03:04:00Z", new Date("2026-01-02T03:04:00Z")],
  ["2026-01-02T03:04+02:00", new Date("2026-01-02T01:04:00Z")],
])("%s, said at 22:00, is the next such time", (text, time) => {
  expect(parseUntil(text, at(1, 22))).toEqual(time);
});

it.each([
  ["until", "6"],
  ["until", "6:00"],
  ["until", "24:00"],
  ["until", "06:60"],
  ["until", ""],
  ["until", "tomorrow"],
  ["until", "2026-02-30T06:00"],
  ["until", "2026-01-02"],
  ["until", "2026-01-01T21:59"],
  ["until", new Date(Number.NaN)],
  ["until", new Date(0)],
  ["maxTime", 0],
  ["maxTime", -1],
  ["maxTime", "0h"],
  ["maxTime", "-8h"],
  ["maxTime", "8"],
  ["maxTime", "eight hours"],
  ["maxTime", Number.NaN],
])("refuses %s %j with a sentence", (name, value) => {
  expect(() => assertDeadline({ [name]: value }, at(1, 22))).toThrow(
    expect.objectContaining({
      code: "usage",
      message: expect.stringMatching(new RegExp(`^Expected \`${name}\` (of the run )?to be `)) as string,
    }),
  );
});
