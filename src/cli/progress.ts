import { countItems, type ItemCounts, type RunEvent, type RunListener } from "../index.ts";
import { progressText } from "./progress-text.ts";
import { openStatusLine, type StatusLineOptions } from "./status-line.ts";

export interface Progress {
  readonly listen: RunListener;
  /** A line for people, above the progress. */
  say(message: string): void;
  /** Ends the progress line. */
  done(): void;
}

export interface ProgressOptions extends StatusLineOptions {
  /** Counts of earlier runs of the same session, to go on from. */
  readonly before: ItemCounts;
}

/** Progress on stderr: how far the run is, how fast, and what it waits for. */
export function openProgress({ before, ...options }: ProgressOptions): Progress {
  const line = openStatusLine(options);
  const counts = { ...before, pending: 0, processing: 0 };
  const endedBefore = countItems(counts);
  const startedAt = performance.now();
  const waitingFor = new Set<string>();
  let total: number | undefined;

  const text = (): string =>
    progressText({
      counts,
      total,
      endedNow: countItems(counts) - endedBefore,
      elapsedMs: performance.now() - startedAt,
      waitsFor: waitingFor.size === 0 ? undefined : [...waitingFor].join(", "),
    });

  return {
    say: (message) => line.say(message),
    listen(event: RunEvent): void {
      if (event.kind === "lane") {
        if (event.event.change === "opened") waitingFor.add(event.event.lane);
        if (event.event.change === "closed") waitingFor.delete(event.event.lane);
        line.say(event.event.message);
      }
      if (event.kind === "model") line.say(event.note);
      if (event.kind === "engine") line.say(event.message);
      if (event.kind === "total") total = event.count;
      if (event.kind !== "item") return;
      counts[event.status] += 1;
      line.draw(text);
    },
    done: () => line.done(),
  };
}
