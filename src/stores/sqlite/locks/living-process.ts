import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { hostname } from "node:os";

/** A process, so that it is told from a later one with the same number. */
export interface ProcessMark {
  readonly pid: number;
  readonly host: string;
  /** ISO 8601: when it wrote this. */
  readonly since: string;
  /** When it was started, as its system counts; absent where that cannot be read. */
  readonly start?: string;
}

/** This process. */
export function markOfSelf(): ProcessMark {
  const start = linuxStart(process.pid)?.start;
  return {
    pid: process.pid,
    host: hostname(),
    since: new Date().toISOString(),
    ...(start !== undefined && { start }),
  };
}

/**
 * Whether the process is alive and is another one than this. `false` also for one on another machine, of which nothing is
 * known, and where the system does not tell when a process was started: its number may be another's by now.
 */
export function isLivingOther({ pid, host, since, start }: ProcessMark): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0 || pid === process.pid || host !== hostname()) return false;
  if (process.platform === "linux") {
    const found = linuxStart(pid);
    return found !== undefined && found.isRunning && (start === undefined ? false : found.start === start);
  }
  return process.platform !== "win32" && startedBefore(pid, since);
}

/** The machine of a process, for a hint on how to reach it; nothing when that is this one. */
export const elsewhere = (mark: ProcessMark | undefined): { readonly host?: string } =>
  mark === undefined || mark.host === "" || mark.host === hostname() ? {} : { host: mark.host };

interface LinuxStart {
  /** With the id of the boot that it is counted from. */
  readonly start: string;
  /** `false` for one that has ended, and that its parent has not asked about. */
  readonly isRunning: boolean;
}

/** Field 3 of `/proc/<pid>/stat` is the state and field 22 the start; the name before them may hold anything (proc(5)). */
function linuxStart(pid: number): LinuxStart | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    return { start: `${boot} ${fields[19]}`, isRunning: !["Z", "X"].includes(fields[0] ?? "") };
  } catch {
    return undefined;
  }
}

/** A clock of seconds, and the moment between the start and the note. */
const SLACK_MS = 2_000;

function startedBefore(pid: number, since: string): boolean {
  const { status, stdout } = spawnSync("ps", ["-o", "lstart=", "-p", String(pid)], {
    encoding: "utf8",
    env: { ...process.env, LC_ALL: "C" },
  });
  return status === 0 && Date.parse(stdout.trim()) <= Date.parse(since) + SLACK_MS;
}
