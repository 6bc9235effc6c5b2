import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compareSessionIds, generateSessionId, isSessionId, validateSessionId } from "./session-id.ts";

const free = (): boolean => false;
const dates = fc.date({
  min: new Date("0000-01-01T00:00:00Z"),
  max: new Date("9999-12-31T23:59:59Z"),
  noInvalidDate: true,
});

describe("generateSessionId", () => {
  test("writes the date and time in UTC", () => {
    expect(generateSessionId(new Date("2026-01-19T23:30:52.999+09:00"), free)).toBe("20260119_143052");
  });

  test("counts on from 02 while ids are taken", () => {
    const taken = new Set<string>();
    const ids = Array.from({ length: 101 }, () => {
      const id = generateSessionId(new Date("2026-01-19T14:30:52Z"), (id) => taken.has(id));
      taken.add(id);
      return id;
    });
    expect(ids.slice(0, 3)).toEqual(["20260119_143052", "20260119_143052_02", "20260119_143052_03"]);
    expect(ids.slice(98)).toEqual(["20260119_143052_99", "20260119_143052_100", "20260119_143052_101"]);
    expect(ids.every(isSessionId)).toBe(true);
  });

  test("gives up when every id of a second is taken", () => {
    expect(() => generateSessionId(new Date(0), () => true)).toThrow(
      expect.objectContaining({ code: "session_exists" }),
    );
  });

  test.each([new Date("+010000-01-01T00:00:00Z"), new Date("-000001-01-01T00:00:00Z"), new Date(Number.NaN)])(
    "refuses a time that no id can hold: %o",
    (now) => {
      expect(() => generateSessionId(now, free)).toThrow(RangeError);
    },
  );

  test("gives ids that are valid, for any time", () => {
    fc.assert(
      fc.property(dates, (now) => {
        expect(validateSessionId(generateSessionId(now, free))).toHaveLength(15);
      }),
    );
  });

  test("gives ids that sort by time", () => {
    fc.assert(
      fc.property(dates, dates, (a, b) => {
        const order = Math.sign(Math.floor(a.getTime() / 1000) - Math.floor(b.getTime() / 1000));
        expect(Math.sign(compareSessionIds(generateSessionId(a, free), generateSessionId(b, free)))).toBe(order);
      }),
    );
  });
});

describe("compareSessionIds", () => {
  test("puts the ids of one second in the order in which they were given", () => {
    const ids = [
      "20260119_143052",
      "20260119_143052_02",
      "20260119_143052_99",
      "20260119_143052_100",
      "20260119_143053",
    ];
    expect(ids.toReversed().sort(compareSessionIds)).toEqual(ids);
  });
});

describe("validateSessionId", () => {
  test.each(["20260119_143052", "20260119_143052_02", "20240229_000000", "20260119_143052_9999"])(
    "accepts %s",
    (id) => {
      expect(validateSessionId(id)).toBe(id);
    },
  );

  test.each([
    ["a path upwards", "../x"],
    ["a valid id with a path behind it", "20260119_143052/../../x"],
    ["an absolute path", "/etc/passwd"],
    ["a Windows path", "C:\\temp"],
    ["a NUL", "20260119_143052\0"],
    ["a line break at the end", "20260119_143052\n"],
    ["nothing", ""],
    ["a dot", "."],
    ["30 February", "20260230_143052"],
    ["29 February of a common year", "20260229_143052"],
    ["month 13", "20261319_143052"],
    ["day 0", "20260100_143052"],
    ["hour 24", "20260119_240000"],
    ["minute 60", "20260119_146052"],
    ["a leap second", "20260119_235960"],
    ["the number 01, which is never given", "20260119_143052_01"],
    ["the number 00", "20260119_143052_00"],
    ["a number with a needless 0", "20260119_143052_002"],
    ["a number of five digits", "20260119_143052_10000"],
    ["digits of another script", "２０２６０１１９_143052"],
    ["a date alone", "20260119"],
  ])("refuses %s", (_, text) => {
    expect(isSessionId(text)).toBe(false);
    expect(() => validateSessionId(text)).toThrow(expect.objectContaining({ code: "session_invalid_id" }));
  });

  test("names what was expected and what was got", () => {
    expect(() => validateSessionId("../x")).toThrow(
      'Expected a session id like 20260119_143052 (a date and time in UTC) or 20260119_143052_02, got "../x".',
    );
  });

  test("shows only the beginning of an id of a million characters", () => {
    expect(() => validateSessionId("9".repeat(1_000_000))).toThrow(/, got "9{60}" \.\.\. \(1000000 characters\)\.$/);
  });

  test("refuses a valid id with anything but digits and underscores put into it", () => {
    const foreign = fc.string({ unit: "binary", minLength: 1 }).filter((text) => /[^0-9_]/.test(text));
    fc.assert(
      fc.property(dates, foreign, fc.nat(15), (now, text, at) => {
        const id = generateSessionId(now, free);
        expect(isSessionId(id.slice(0, at) + text + id.slice(at))).toBe(false);
      }),
    );
  });
});
