import { expect, it } from "vitest";
import { type Copy, NewestCopies } from "./newest-copies.ts";

it.each<[string, readonly (string | undefined)[], string]>([
  ["the only one", [undefined], "0"],
  ["the one changed last", ["2025-02-01", "2025-03-01", "2025-01-01"], "1"],
  ["the last of those changed at the same time", ["2025-02-01", "2025-02-01"], "1"],
  ["one with a time before one without", ["2025-02-01", undefined], "0"],
  ["the last of those without a time", [undefined, undefined], "1"],
])("%s counts", (_name, times, place) => {
  const copies = new NewestCopies();
  const seen: Copy[] = times.map((updatedAt, i) => ({ id: "a", place: String(i), updatedAt }));
  for (const copy of seen) copies.see(copy);
  copies.see({ id: "b", place: "9", updatedAt: "2026-01-01" });
  expect(seen.map((copy) => copies.newestOf(copy).place)).toEqual(seen.map(() => place));
});
