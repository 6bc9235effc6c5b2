/** What one disturbed session came to. */
export interface CrashRow {
  readonly database: string;
  readonly what: string;
  /** As in `18 completed, 3 failed`. */
  readonly counts: string;
  /** Calls made again, and how many were in flight where it struck. */
  readonly repeated: number;
  readonly inFlight: number;
  /** From the disturbance (a database that was away: from when it was back) until the work that it hit went on. */
  readonly seconds: number;
  /** Empty when the end was that of an undisturbed run. */
  readonly problems: readonly string[];
}

/** For people who read the test's output. */
export function crashTable(rows: readonly CrashRow[]): string {
  const lines = rows.map(({ database, what, counts, repeated, inFlight, seconds, problems }) =>
    [database, what, counts, `${repeated} of ${inFlight}`, seconds.toFixed(1), String(problems.length)].join(" | "),
  );
  return [
    "| database | what happens | in the end | steps repeated, of those in flight | seconds until work goes on | lost, doubled or wrong |",
    "| --- | --- | --- | ---: | ---: | ---: |",
    ...lines.map((cells) => `| ${cells} |`),
  ].join("\n");
}
