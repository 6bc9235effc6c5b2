import { parseDuration, sleep } from "../../retry/index.ts";
import { localTime, type Clock } from "../base/index.ts";
import { HoldfastError } from "../failure/index.ts";
import { assertTimeout } from "../pipeline/index.ts";
import type { RunControl } from "./run-control.ts";
import type { RunLimits } from "./run-limits.ts";

export interface DeadlineDeps {
  readonly sessionId: string;
  readonly control: RunControl;
  readonly clock: Clock;
}

/** The wall clock is looked at so often: it may be set, and a machine that slept has missed the time that passed. */
const LOOK_EVERY_MS = 30_000;

/**
 * Drains the run when its time is over: `maxTime` after now, or at `until`. Disposing of it ends the watch. The limits
 * must be valid, and `until` means the time that it meant when they were checked, since both read it as of `askedAt`.
 */
export function watchDeadline({ maxTime, until, askedAt }: RunLimits, deps: DeadlineDeps): Disposable {
  const ended = new AbortController();
  const { clock, control, sessionId } = deps;
  const watch = async (isOver: () => number, stop: () => void): Promise<void> => {
    for (;;) {
      const leftMs = isOver();
      if (leftMs <= 0) return stop();
      await sleep(Math.min(leftMs, LOOK_EVERY_MS), ended.signal, { unref: true, startTimer: clock.startTimer });
    }
  };
  const start = (limit: "maxTime" | "until", isOver: () => number, to: string, message: string): void => {
    const hint = { kind: "more_time", limit, to, sessionId } as const;
    watch(isOver, () => control.stop({ kind: "limit", limit, message, hint })).catch(() => {});
  };
  if (maxTime !== undefined && maxTime !== Infinity) {
    const endMs = clock.now() + parseDuration(maxTime);
    const text = typeof maxTime === "string" ? maxTime : `${maxTime}ms`;
    start("maxTime", () => endMs - clock.now(), text, `the run has taken ${text}, which is its limit`);
  }
  if (until !== undefined) {
    const end = parseUntil(until, askedAt ?? new Date(clock.wallNow()));
    // A time of day comes again; a date does not.
    const to = typeof until === "string" && TIME_OF_DAY.test(until) ? until : "";
    start(
      "until",
      () => end.getTime() - clock.wallNow(),
      to,
      `it is ${to || localTime(end)}, when the run was to stop`,
    );
  }
  return { [Symbol.dispose]: () => ended.abort() };
}

const TIME_OF_DAY = /^([01]\d|2[0-3]):([0-5]\d)$/;
/** With a time: a date alone would be midnight in UTC for some and midnight here for others. */
const DATE_AND_TIME = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})?$/;

/**
 * When a run stops: the next time that a clock here shows `06:00`, or a date and time, which is local without a zone.
 * Throws a `HoldfastError` (`usage`) for anything else, and for a date that is past.
 */
export function parseUntil(until: Date | string, now: Date): Date {
  const time = typeof until === "string" ? readUntil(until.trim(), now) : until;
  if (!time || Number.isNaN(time.getTime())) {
    const got = typeof until === "string" ? JSON.stringify(until) : String(until);
    throw new HoldfastError(
      "usage",
      `Expected \`until\` to be a time of day such as 06:00, or a date and time such as 2026-12-01T06:00, got ${got}.`,
    );
  }
  if (time > now) return time;
  throw new HoldfastError("usage", `Expected \`until\` to be a time to come, but ${localTime(time)} is past.`);
}

function readUntil(text: string, now: Date): Date | undefined {
  const [, hours, minutes] = TIME_OF_DAY.exec(text) ?? [];
  if (hours !== undefined && minutes !== undefined) {
    const at = (days: number): Date =>
      new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, Number(hours), Number(minutes));
    return at(0) > now ? at(0) : at(1);
  }
  if (!DATE_AND_TIME.test(text)) return undefined;
  const time = new Date(text.replace(" ", "T"));
  // `Date` makes March 2 of February 30.
  const day = Number(text.slice(8, 10));
  const daysInMonth = new Date(Date.UTC(Number(text.slice(0, 4)), Number(text.slice(5, 7)), 0)).getUTCDate();
  return day <= daysInMonth ? time : undefined;
}

/**
 * Throws a `HoldfastError` (`usage`) for a limit of time that makes no sense. Near midnight, or near the time that is
 * asked for, two readings of `until` differ: give the limits an `askedAt` when they are read again.
 */
export function assertDeadline({ maxTime, until, askedAt }: RunLimits, now: Date): void {
  assertTimeout("the run", "maxTime", maxTime, "usage");
  if (until !== undefined) parseUntil(until, askedAt ?? now);
}
