import { BLOCKED_MS, describePlace, RunningCode, type CodePlace } from "./running-code.ts";

const LOOK_MS = 500;

/** The calls of user code, watched for those that hold everything else in the process up. */
export interface WatchedCode extends Disposable {
  readonly running: RunningCode;
}

/**
 * Reports when the event loop was blocked for long: once for each step, and for blocks that no call explains, once.
 * Nothing else of the process runs meanwhile, timeouts and the renewal of leases included.
 */
export function watchRunningCode(report: (message: string) => void): WatchedCode {
  const reported = new Set<string>();
  const reportOnce = (key: string, message: string): void => {
    if (reported.has(key)) return;
    reported.add(key);
    report(message);
  };
  /** How much of the time since the last look is explained by calls. */
  let explainedMs = 0;
  const running = new RunningCode(({ place, ms }) => {
    explainedMs += ms;
    reportOnce(keyOf(place), blockedBy(ms, describePlace(place)));
  });
  let lookedMs = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    const blockedMs = now - lookedMs - LOOK_MS - explainedMs;
    lookedMs = now;
    explainedMs = 0;
    if (blockedMs < BLOCKED_MS) return;
    const places = running.places();
    const [only] = places;
    if (places.length === 1 && only) reportOnce(keyOf(only), blockedBy(blockedMs, describePlace(only)));
    else
      reportOnce(
        "",
        blockedBy(blockedMs, `synchronous work (${places.length} calls were under way), or the process was stopped`),
      );
  }, LOOK_MS);
  timer.unref();
  return { running, [Symbol.dispose]: () => clearInterval(timer) };
}

const keyOf = (place: CodePlace): string => (place.kind === "step" ? `${place.phase}/${place.step}` : place.kind);

const blockedBy = (ms: number, what: string): string =>
  `The event loop was blocked for ${(ms / 1000).toFixed(1)} s by ${what}. Nothing else in this process could run meanwhile, timeouts included: split such work up, or move it into a worker thread.`;
