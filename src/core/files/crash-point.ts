import { appendFileSync, writeSync } from "node:fs";

export interface CrashPointOptions {
  /** The run continues without this write if it fails. @default false */
  readonly optional?: boolean;
  /** How often it is passed depends on a timer: it is counted apart, and no list names it. @default false */
  readonly timed?: boolean;
}

export type CrashPoint = (name: string, options?: CrashPointOptions) => void;

/**
 * Names a durable boundary for crash tests. Does nothing unless a test sets one of these environment variables;
 * `name#3` is the third time that the process reaches the boundary of that name:
 * - `HOLDFAST_CRASH_AT=name#3` kills the process there.
 * - `HOLDFAST_FAIL_AT=name#3` makes that write fail as on a full disk, and `HOLDFAST_FAIL_FROM=name#3` that one and all
 *   that follow.
 * - `HOLDFAST_CRASH_LOG=file` lists every boundary that the process comes to, except timed ones.
 *
 * A boundary that is triggered is reported on stderr. Call it before a write, and after it with a name that ends in
 * `:done`; only those before a write can fail. Name what is written, and not how writes are grouped: a group passes one
 * boundary a record, so that the list is the same on a busy machine.
 */
export const crashPoint: CrashPoint = crashPointFor(process.env, {
  say: (line) => void writeSync(process.stderr.fd, line),
  log: appendFileSync,
  kill: () => void process.kill(process.pid, "SIGKILL"),
});

/** What a triggered boundary does to the process. */
export interface CrashPointDeps {
  readonly say: (line: string) => void;
  readonly log: (file: string, line: string) => void;
  readonly kill: () => void;
}

/** The boundary function for an environment. */
export function crashPointFor(
  env: Readonly<Record<string, string | undefined>>,
  { say, log, kill }: CrashPointDeps,
): CrashPoint {
  const crashAt = env["HOLDFAST_CRASH_AT"];
  const failAt = env["HOLDFAST_FAIL_AT"];
  const failFrom = env["HOLDFAST_FAIL_FROM"];
  const logFile = env["HOLDFAST_CRASH_LOG"];
  if ([crashAt, failAt, failFrom, logFile].every((value) => value === undefined)) return () => {};

  const passed = new Map<string, number>();
  let isDiskFull = false;
  return (boundary, { optional = false, timed = false } = {}) => {
    const name = timed ? `timed:${boundary}` : boundary;
    const count = (passed.get(name) ?? 0) + 1;
    passed.set(name, count);
    const point = `${name}#${count}`;
    const said = optional ? `${point} (optional)` : point;
    if (logFile !== undefined && !timed) log(logFile, `${said}\n`);
    if (point === crashAt) {
      say(`[crash point ${said}]\n`);
      kill();
    }
    isDiskFull ||= point === failFrom;
    if (!name.endsWith(":done") && (isDiskFull || point === failAt)) {
      say(`[crash point ${said}]\n`);
      throw diskFull(name);
    }
  };
}

/** The error messages of Node for a file, and of SQLite for a database. */
function diskFull(name: string): Error {
  const error = new Error(`ENOSPC: no space left on device, at ${name}`);
  return Object.assign(error, { code: "ENOSPC", errcode: SQLITE_FULL });
}

const SQLITE_FULL = 13;
