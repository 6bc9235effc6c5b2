import type { herds } from "./herd.ts";
import type { Row } from "./measurement.ts";
import type { sizes } from "./sizes.ts";

/** Everything that one run of the benchmark measured. */
export interface Results {
  readonly success: readonly Row[];
  readonly failure: readonly Row[];
  readonly heap: readonly Row[];
  readonly signal: readonly Row[];
  readonly herds: ReturnType<typeof herds>;
  readonly sizes: Awaited<ReturnType<typeof sizes>>;
}

/** One thing that was aimed at, and what came of it. */
export interface Goal {
  readonly name: string;
  readonly aim: string;
  readonly measured: string;
  readonly isMet: boolean;
}

/** Holds the results against the goals. */
export function goalsOf({ success, failure, heap, signal, herds, sizes }: Results): readonly Goal[] {
  const ours = (rows: readonly Row[]): Row | undefined => rows.find(({ name }) => name === "holdfast");
  const ratio = (rows: readonly Row[]): number => ours(rows)?.ratio?.median ?? Number.NaN;
  const figure = (rows: readonly Row[]): number => ours(rows)?.figure.median ?? Number.NaN;
  const seconds = (start: string): number => (herds.find(({ name }) => name === start)?.endedAtMs ?? NaN) / 1000;
  const asked = herds.find(({ name }) => name === RETRY_AFTER);
  const peers = success.filter(({ name }) => name !== "bare loop" && !name.startsWith("holdfast"));
  const fastest = peers.toSorted((a, b) => medianOf(a) - medianOf(b))[0];
  return [
    atMost("success at once", 1.5, ratio(success), "x the bare loop"),
    {
      name: "success at once, beside the peers",
      aim: "the fastest of all",
      measured: `${medianRatio(ours(success))}x; the fastest peer, ${fastest?.name}: ${medianRatio(fastest)}x`,
      isMet: fastest !== undefined && ratio(success) < medianOf(fastest),
    },
    atMost("two failures, then success, no wait", 1.5, ratio(failure), "x the bare loop"),
    atMost("heap of a call asleep, of 100,000", 1200, figure(heap), "B"),
    atMost("one shared signal, 20,000 asleep", 10, figure(signal), "us a call"),
    atMost("2,000 clients, full jitter", 50, seconds("full jitter"), "s"),
    atMost("2,000 clients, a RetryConfig's waits", 58, seconds("a RetryConfig's waits"), "s"),
    atMost("2,000 clients, `Retry-After`", 55, seconds(RETRY_AFTER), "s"),
    atMost("2,000 clients, `Retry-After`", 3, asked?.requestsPerSuccess ?? NaN, "requests per success"),
    atMost("size of everything, min+brotli", 6000, sizes[0]?.brotliBytes ?? NaN, "B"),
  ];
}

const RETRY_AFTER = "`Retry-After` as `waitRetryAfter` does";

function atMost(name: string, aim: number, measured: number, unit: string): Goal {
  const round = (value: number): string => String(Number(value.toPrecision(value < 100 ? 3 : 4)));
  return { name, aim: `<= ${aim} ${unit}`, measured: `${round(measured)} ${unit}`, isMet: measured <= aim };
}

function medianOf({ ratio }: Row): number {
  return ratio?.median ?? Infinity;
}

function medianRatio(row: Row | undefined): string {
  return (row?.ratio?.median ?? NaN).toFixed(2);
}
