import { it } from "vitest";

/** As `it.each`, for variants of one thing: `make test` runs the first row, and `make soak` the others. */
export const variants = ((cases: readonly unknown[]) => {
  const quick = it.each(cases.slice(0, 1));
  const soak = it.each(cases.slice(1));
  return (name: string, test: (...row: unknown[]) => Promise<void>): void => {
    quick(name, test);
    soak(name, { tags: "soak" }, test);
  };
  // The types are those of `it.each`, which this calls with what it got.
}) as typeof it.each;
