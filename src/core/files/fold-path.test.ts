import { expect, test } from "vitest";
import { foldPath } from "./fold-path.ts";

test.each([
  ["letter case", "Notes/README.md", "notes/readme.MD"],
  ["letter case beyond ASCII", "Übung Привет.md", "üBUNG ПРИВЕТ.md"],
  ["composition", "caf\u00e9 か\u3099.md", "cafe\u0301 が.md"],
  ["sharp s", "straße.md", "STRASSE.md"],
  ["final sigma", "ΟΔΟΣ.md", "οδος.md"],
  ["the Kelvin sign", "\u212a.md", "k.md"],
])("does not tell paths apart by %s", (_, one, other) => {
  expect(foldPath(one)).toBe(foldPath(other));
});

test.each([
  ["a.md", "b.md"],
  ["か.md", "が.md"],
  ["a b.md", "a-b.md"],
  ["e.md", "é.md"],
])("tells %s from %s", (one, other) => {
  expect(foldPath(one)).not.toBe(foldPath(other));
});
