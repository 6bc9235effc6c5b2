import { afterEach, expect, it, vi } from "vitest";
import { localTime } from "./local-time.ts";

afterEach(() => vi.unstubAllEnvs());

it.each([
  ["UTC", "2026-01-19T14:30:52.999Z", "2026-01-19 14:30:52 UTC"],
  ["Europe/Berlin", "2026-01-19T23:30:52Z", "2026-01-20 00:30:52 +01:00"],
  ["Europe/Berlin", "2026-07-19T23:30:52Z", "2026-07-20 01:30:52 +02:00"],
  ["America/St_Johns", "2026-01-01T02:00:00Z", "2025-12-31 22:30:00 -03:30"],
  ["Asia/Kolkata", "2026-01-19T00:00:00Z", "2026-01-19 05:30:00 +05:30"],
])("in %s, %s is %s", (zone, iso, text) => {
  vi.stubEnv("TZ", zone);
  expect(localTime(new Date(iso))).toBe(text);
});

it("never fails", () => {
  expect(localTime(new Date(Number.NaN))).toBe("an unknown time");
  expect(localTime(new Date(-8.64e15))).toContain("UTC");
});
