/** A durable boundary, as a run passes it: `note:write#3` is the third of that name. */
export interface Point {
  readonly id: string;
  readonly name: string;
  /** Whether it is the first of its name. */
  readonly isFirst: boolean;
  /** Whether it comes before a write, so that the write can fail. */
  readonly isWrite: boolean;
}

/** Where a process was struck, as it says itself. */
export interface Strike {
  readonly id: string;
  /** Whether a run may do without that write. */
  readonly isOptional: boolean;
}

/** The points in a log that a run kept with `HOLDFAST_CRASH_LOG`. */
export const pointsIn = (log: string): readonly Point[] =>
  log
    .trim()
    .split("\n")
    .map((line) => {
      const { id = "", name = "", count } = POINT.exec(line)?.groups ?? {};
      return { id, name, isFirst: count === "1", isWrite: !name.endsWith(":done") };
    });

/** Every strike that a process told of; none when it never came to the point. */
export const strikesIn = ({ stderr }: { readonly stderr: string }): readonly Strike[] =>
  [...stderr.matchAll(STRIKE)].map(([, id = "", optional]) => ({ id, isOptional: optional !== undefined }));

/**
 * The first of each name. A commit is left out where it is done: until the next boundary nothing on the disk changes.
 */
export const firstOfEach = (points: readonly Point[]): readonly Point[] =>
  points.filter(({ name, isFirst }) => isFirst && !(name.startsWith("commit:") && name.endsWith(":done")));

/** The writes among points. */
export const writesOf = (points: readonly Point[]): readonly Point[] => points.filter(({ isWrite }) => isWrite);

/** Each `step`-th. */
export const each = (step: number, points: readonly Point[]): readonly Point[] =>
  points.filter((_, index) => index % step === 0);

const POINT = /^(?<id>(?<name>.+)#(?<count>\d+))/;
const STRIKE = /\[crash point (\S+#\d+)( \(optional\))?\]/g;
