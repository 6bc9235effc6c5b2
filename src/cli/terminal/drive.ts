import { resolveConfig } from "../../core/pipeline/index.ts";
import {
  exitOnPurpose,
  isCatching,
  type RunControl,
  type RunListener,
  type SessionOutcome,
} from "../../core/runner/index.ts";
import type { Session } from "../../core/session/index.ts";
import { reportDrift } from "../../chats/report/index.ts";
import { type RunOptions } from "../../run/index.ts";
import { reportSession, type SessionReport } from "../../run/reports/index.ts";
import { terminalText } from "../text/escape/terminal-text.ts";
import { atWorkspace } from "../text/at-workspace.ts";
import { driftLine } from "../text/drift-lines.ts";
import { endSoon } from "./end-soon.ts";
import { isFleet } from "../flags/engine-flags.ts";
import { ExitCode, exitCodeOfOutcome } from "./exit-code.ts";
import { commandIsDone, leaveUncaughtToRun, printLast } from "./process-end.ts";
import { openProgress } from "./progress.ts";
import { toRunOptions, type RunFlags } from "../flags/run-flags.ts";
import { controlBySignals } from "./signals.ts";
import { summarize } from "../text/summary.ts";
import { print, printAside } from "./print.ts";

/** Runs a command with the options from flags, signals and progress. */
export type Drive = (options: DrivenOptions) => Promise<SessionOutcome>;

export interface DrivenOptions extends RunOptions {
  readonly say: (message: string) => void;
  /** Called with a new session as soon as it exists. */
  readonly begun: (session: Session) => void;
}

export interface DriveOptions {
  readonly flags: RunFlags;
  /** The session that goes on; `undefined` for a new one. */
  readonly session?: Session | undefined;
  /** A line that says how many items are tried again, once that is certain: a run may be refused until then. */
  readonly again?: (count: number) => string;
  /** A line for the end of the summary, such as where the notes are. */
  readonly closing?: (outcome: SessionOutcome) => string | undefined;
  /** More for the document of --json. */
  readonly more?: () => object;
}

/** Runs a session on a terminal: progress on stderr, Ctrl-C, the summary at the end, the exit code. */
export async function drive(run: Drive, { flags, session, again, closing, more }: DriveOptions): Promise<ExitCode> {
  const progress = openProgress({ stream: process.stderr, env: process.env, before: session });
  if (flags.configPath !== undefined) progress.say(`Settings: ${flags.configPath}`);
  let id = session?.id;
  const begun = (session: Session): void => {
    id = session.id;
    progress.say(`Session ${id}`);
  };
  const { workspace } = resolveConfig(flags.workspace === undefined ? {} : { workspace: flags.workspace });
  const resumeCommand = (): string | undefined =>
    id === undefined ? undefined : `holdfast resume ${id}${atWorkspace(workspace)}`;
  using signals = controlBySignals(progress.say, resumeCommand);
  leaveUncaughtToRun(isCatching);
  const onEvent: RunListener = (event) => {
    if (event.kind === "reopened" && again) progress.say(again(event.count));
    progress.onEvent(event);
  };
  const end = (message: string): void => {
    progress.done();
    const command = resumeCommand();
    const next = command === undefined ? "Nothing was begun." : `Run \`${command}\` to go on from here.`;
    printLast(terminalText(message), `What was done is saved, and what was under way is done again. ${next}`);
  };
  endAfterUncaught(signals.control, end);
  // Keeps the process alive while a step waits without a handle in the event loop.
  const alive = setInterval(() => {}, 60_000);
  try {
    const options = await toRunOptions(flags);
    const outcome = await run({
      ...options,
      control: signals.control,
      onEvent,
      say: progress.say,
      begun,
      catchUncaught: true,
      onUnexpectedExit: ({ message }) => end(message),
    });
    progress.done();
    const report = withReason(await reportSession(workspace, outcome.session.id), outcome);
    const exitCode = exitCodeOfOutcome(outcome);
    const drift = driftLine(await reportDrift(workspace, outcome.session.id), { at: atWorkspace(workspace) });
    const text = [summarize(report), drift, closing?.(outcome)].filter((part) => part !== undefined).join("\n");
    if (flags.json) {
      print(JSON.stringify({ ...report, ...more?.(), exitCode }, undefined, 2));
      printAside(text);
    } else print(text);
    return exitCode;
  } catch (error) {
    if (signals.control.cause?.kind !== "user") throw error;
    progress.say("Stopped before the run began. Nothing was changed.");
    return ExitCode.interrupted;
  } finally {
    clearInterval(alive);
    if (isFleet(flags)) endSoon();
    progress.done();
  }
}

/** How long calls in flight get after an error that nobody caught: those that wait for what it broke never settle. */
const DRAIN_MS = 70_000;

/** Ends the process when a run that an uncaught error stopped does not come to its end. */
export function endAfterUncaught(control: RunControl, end: (message: string) => void): void {
  control.drain.addEventListener("abort", () => {
    const { cause } = control;
    if (cause?.kind !== "uncaught") return;
    setTimeout(() => {
      end(cause.message);
      commandIsDone();
      exitOnPurpose(ExitCode.internal);
    }, DRAIN_MS).unref();
  });
}

/** On a full disk, `session.json` could not record why the run stopped. */
function withReason(report: SessionReport, { session, cause }: SessionOutcome): SessionReport {
  if (cause === undefined || session.reason === undefined) return report;
  const { status, reason, hint } = session;
  return { ...report, session: { ...report.session, status, reason, ...(hint && { hint }) } };
}
