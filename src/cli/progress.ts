import { countItems, secretMask, type ItemCounts, type RunEvent, type RunListener } from "../index.ts";
import { formatDuration } from "./report-text.ts";

export interface Progress {
  readonly listen: RunListener;
  /** A line for people, above the progress. */
  say(message: string): void;
  /** Ends the progress line. */
  done(): void;
}

export interface ProgressOptions {
  readonly stream: NodeJS.WriteStream;
  readonly env: NodeJS.ProcessEnv;
  /** Counts of earlier runs of the same session, to go on from. */
  readonly before: ItemCounts;
}

const TERMINAL_INTERVAL_MS = 100;
const PLAIN_INTERVAL_MS = 5_000;

/** Progress on stderr: one line that is redrawn on a terminal, and a plain line every few seconds elsewhere. */
export function openProgress({ stream, env, before }: ProgressOptions): Progress {
  const redraws =
    stream.isTTY === true && env["CI"] === undefined && env["NO_COLOR"] === undefined && env["TERM"] !== "dumb";
  // Whoever reads may go away, as `| head` does; the run goes on.
  stream.on("error", () => {});
  const mask = secretMask(env);
  const counts = { ...before, pending: 0, processing: 0 };
  const startedAt = performance.now();
  let total: number | undefined;
  let drawnAt = -Infinity;
  let shown = "";

  const line = (): string => {
    const ended = countItems(counts);
    const rest = DETAILS.flatMap(({ status, label }) => (counts[status] > 0 ? [`${counts[status]} ${label}`] : []));
    const of = total === undefined ? `${ended}` : `${ended} of ${total}`;
    return `${[`${of} items`, ...rest].join(", ")} (${formatDuration(performance.now() - startedAt)})`;
  };
  const clear = (): void => {
    if (shown !== "") stream.write("\r\u001B[K");
    shown = "";
  };
  const draw = (now: number): void => {
    drawnAt = now;
    if (!redraws) return void stream.write(`${line()}\n`);
    clear();
    shown = line().slice(0, Math.max(20, (stream.columns ?? 80) - 1));
    stream.write(shown);
  };
  const say = (message: string): void => {
    clear();
    stream.write(`${mask(message)}\n`);
    if (redraws && drawnAt > 0) draw(performance.now());
  };

  return {
    say,
    listen(event: RunEvent): void {
      if (event.kind === "lane") say(event.event.message);
      if (event.kind === "model") say(event.note);
      if (event.kind === "engine") say(event.message);
      if (event.kind === "total") total = event.count;
      if (event.kind !== "item") return;
      counts[event.status] += 1;
      const now = performance.now();
      if (drawnAt < 0 && !redraws) drawnAt = now;
      if (now - drawnAt >= (redraws ? TERMINAL_INTERVAL_MS : PLAIN_INTERVAL_MS)) draw(now);
    },
    done: clear,
  };
}

const DETAILS = [
  { status: "completed", label: "done" },
  { status: "failed", label: "failed" },
  { status: "review", label: "to review" },
  { status: "filtered", label: "filtered" },
  { status: "skipped", label: "skipped" },
] as const;
