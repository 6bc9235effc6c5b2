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
  const peers = success.filter(({ name }) => !/^(bare loop|holdfast)/.test(name));
  const [fastest] = peers.toSorted((a, b) => ratioOf(a) - ratioOf(b));
  const herd = (wanted: string) => named(herds, wanted);
  return [
    atMost("success at once", 1.5, ratioOf(ours(success)), "x the bare loop"),
    {
      name: "success at once, beside the peers",
      aim: "the fastest of all",
      measured: `${text(ratioOf(ours(success)))}x; the fastest peer, ${fastest?.name}: ${text(ratioOf(fastest))}x`,
      isMet: ratioOf(ours(success)) < ratioOf(fastest),
    },
    atMost("two failures, then success, no wait", 1.5, ratioOf(ours(failure)), "x the bare loop"),
    atMost("heap of a call asleep, of 100,000", 1200, ours(heap)?.figure.median, "B"),
    atMost("one shared signal, 20,000 asleep", 10, ours(signal)?.figure.median, "us a call"),
    atMost("2,000 clients, full jitter", 50, secondsOf(herd("full jitter")), "s"),
    atMost("2,000 clients, a RetryConfig's waits", 58, secondsOf(herd("a RetryConfig's waits")), "s"),
    atMost("2,000 clients, `waitRetryAfter`", 55, secondsOf(herd("waitRetryAfter")), "s"),
    atMost("2,000 clients, `waitRetryAfter`", 3, herd("waitRetryAfter")?.requestsPerSuccess, "requests per success"),
    atMost("size of everything, min+brotli", 6000, named(sizes, "holdfast/retry, all of it")?.brotliBytes, "B"),
  ];
}

function atMost(name: string, aim: number, figure: number | undefined, unit: string): Goal {
  const measured = figure ?? Number.NaN;
  return { name, aim: `<= ${aim} ${unit}`, measured: `${text(measured)} ${unit}`, isMet: measured <= aim };
}

function named<T extends { readonly name: string }>(rows: readonly T[], wanted: string): T | undefined {
  return rows.find(({ name }) => name === wanted);
}

function ours(rows: readonly Row[]): Row | undefined {
  return named(rows, "holdfast");
}

function ratioOf(row: Row | undefined): number {
  return row?.ratio?.median ?? Number.NaN;
}

function secondsOf(herd: Results["herds"][number] | undefined): number {
  return (herd?.endedAtMs ?? Number.NaN) / 1000;
}

/** Three figures, and all of them in front of the point. */
function text(value: number): string {
  return value < 1000 ? String(Number(value.toPrecision(3))) : value.toFixed(0);
}
