import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dateOf, datedName } from "./document-date.ts";

describe("a date in front matter", () => {
  it.each([
    ["2025-01-31", "2025-01-31T00:00:00.000Z"],
    ["2025/1/5", "2025-01-05T00:00:00.000Z"],
    ["2025-01-31 10:00", "2025-01-31T10:00:00.000Z"],
    ["2025-01-31 10:00:07", "2025-01-31T10:00:07.000Z"],
    ["2025-01-31T10:00:07Z", "2025-01-31T10:00:07.000Z"],
    ["2025-01-31 10:00:00 +0900", "2025-01-31T01:00:00.000Z"],
    ["2025-01-31 10:00:00 -05:30", "2025-01-31T15:30:00.000Z"],
    ["2025-01-31T00:30:00.5+09:00", "2025-01-30T15:30:00.000Z"],
    ["2025-01-31 10:00 UTC", "2025-01-31T10:00:00.000Z"],
  ])("%s is %s", (text, iso) => {
    expect(dateOf(text)).toBe(iso);
  });

  it.each(["2025-02-30", "2025-13-01", "yesterday", "2025-01-31 25:00", "", 20_250_131, null, undefined])(
    "%j is none",
    (value) => {
      expect(dateOf(value)).toBeUndefined();
    },
  );

  it("reads back any time in any zone", () => {
    const range = { min: new Date("1970-01-02"), max: new Date("2100-01-01"), noInvalidDate: true };
    fc.assert(
      fc.property(fc.date(range), fc.integer({ min: -14 * 60, max: 14 * 60 }), (date, zoneMinutes) => {
        const time = new Date(Math.floor(date.getTime() / 1000) * 1000);
        const local = new Date(time.getTime() + zoneMinutes * 60_000).toISOString().slice(0, 19).replace("T", " ");
        const two = (value: number): string => String(Math.trunc(Math.abs(value))).padStart(2, "0");
        const zone = `${zoneMinutes < 0 ? "-" : "+"}${two(zoneMinutes / 60)}${two(zoneMinutes % 60)}`;
        expect(dateOf(`${local} ${zone}`)).toBe(time.toISOString());
      }),
    );
  });
});

it.each([
  ["2025-01-31-how-kelp-holds-on.md", "2025-01-31T00:00:00.000Z", "how-kelp-holds-on"],
  ["2025-01-31 Kelp.markdown", "2025-01-31T00:00:00.000Z", "Kelp"],
  ["2025-01-31.md", "2025-01-31T00:00:00.000Z", "2025-01-31"],
  ["2025-99-31-kelp.md", undefined, "2025-99-31-kelp"],
  ["kelp.v2.md", undefined, "kelp.v2"],
])("the name %s says %s and %s", (name, date, slug) => {
  expect(datedName(name)).toEqual({ date, slug });
});
