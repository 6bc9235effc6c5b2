import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { safeName } from "./safe-name.ts";

describe("safeName", () => {
  test.each([
    ["claude:8f14e45f-ceea", "claude-8f14e45f-ceea-d96ba6e0acc9"],
    ["Hello, World!", "hello-world-dffd6021bb2b"],
    ["../../etc/passwd", "etc-passwd-3754d6cb3a38"],
    ["日本語のメモ", "c20873fc3f9e"],
    ["", "e3b0c44298fc"],
  ])("names %j %j", (id, name) => {
    expect(safeName(id)).toBe(name);
  });

  test("keeps 40 characters of a long id and ends none of them with a hyphen", () => {
    expect(safeName("a".repeat(39) + " " + "b".repeat(1000))).toMatch(/^a{39}-[0-9a-f]{12}$/);
    expect(safeName("a".repeat(1000))).toMatch(/^a{40}-[0-9a-f]{12}$/);
  });

  test("tells ids apart that differ in case or in a lone surrogate only", () => {
    expect(safeName("Note")).not.toBe(safeName("note"));
    expect(safeName("\ud800")).not.toBe(safeName("\ud801"));
  });

  test("gives short names of lower-case letters, digits and inner hyphens for any id", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (id) => {
        expect(safeName(id)).toMatch(/^([a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?-)?[0-9a-f]{12}$/);
        expect(Buffer.byteLength(safeName(id))).toBeLessThanOrEqual(255);
      }),
    );
  });

  test("gives the same name for the same id, and different names for different ids", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.string({ unit: "grapheme" }), (a, b) => {
        expect(safeName(a) === safeName(b)).toBe(a === b);
      }),
    );
  });
});
