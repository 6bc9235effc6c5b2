/**
 * How many cases a property is tried with: all of them in `make soak`, which also takes other seeds, and a quarter in
 * `make test`, always the same ones.
 */
export const runs = (all: number): number =>
  process.env["SEED"] === undefined ? Math.max(10, Math.ceil(all / 4)) : all;
