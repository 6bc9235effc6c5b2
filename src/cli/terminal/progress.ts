import { countItems, NO_ITEMS, wholeItems, type Session } from "../../core/session/index.ts";
import type { RunEvent, RunListener, StopCause } from "../../core/runner/index.ts";
import { progressText } from "../text/progress-text.ts";
import { openStatusLine, type StatusLineOptions } from "../text/status-line.ts";

export interface Progress {
  readonly onEvent: RunListener;
  /** A line for people, above the progress. */
  readonly say: (message: string) => void;
  /** Ends the progress line. */
  done(): void;
}

export interface ProgressOptions extends StatusLineOptions {
  /** The session as earlier runs left it, to go on from; `undefined` for a new one. */
  readonly before: Session | undefined;
}

/** Progress on stderr: how far the run is, how fast, and what it waits for. */
export function openProgress({ before, ...options }: ProgressOptions): Progress {
  const line = openStatusLine(options);
  const { counts: known, parts = NO_ITEMS } = before ?? { counts: NO_ITEMS };
  const counts = { ...wholeItems({ counts: known, parts }), ...NONE_OPEN };
  let partsEnded = countItems({ ...parts, ...NONE_OPEN });
  const endedBefore = countItems(counts);
  const startedAt = performance.now();
  const waitingFor = new Set<string>();
  let total: number | undefined;

  const text = (): string =>
    progressText({
      counts,
      partsEnded,
      total,
      endedNow: countItems(counts) - endedBefore,
      elapsedMs: performance.now() - startedAt,
      waitsFor: waitingFor.size === 0 ? undefined : [...waitingFor].join(", "),
    });

  return {
    say: (message) => line.say(message),
    onEvent(event: RunEvent): void {
      if (event.kind === "lane") {
        if (event.event.change === "opened") waitingFor.add(event.event.lane);
        if (event.event.change === "closed") waitingFor.delete(event.event.lane);
        line.say(event.event.message);
      }
      if (event.kind === "model") line.say(event.note);
      if (event.kind === "engine") line.say(event.message);
      if (event.kind === "stop" && isDeadline(event.cause))
        line.say(`Stopping: ${event.cause.message}; finishing what is in flight.`);
      if (event.kind === "total") total = event.count;
      if (event.kind !== "item") return;
      if (event.isPart) partsEnded += 1;
      else counts[event.status] += 1;
      line.draw(text);
    },
    done: () => line.done(),
  };
}

/** A run that stops at a time may have calls in flight for long after it, while nothing else is seen to happen. */
const isDeadline = (cause: StopCause): boolean =>
  cause.kind === "limit" && (cause.limit === "maxTime" || cause.limit === "until");

const NONE_OPEN = { pending: 0, processing: 0 };
