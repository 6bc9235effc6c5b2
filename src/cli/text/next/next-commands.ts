import { existsSync } from "node:fs";
import { SessionStatus } from "../../../core/base/index.ts";
import { hintText } from "../../../core/failure/index.ts";
import type { SessionReport } from "../../../run/reports/index.ts";
import { atWorkspaceOf } from "../at-workspace.ts";
import { cancelText, isOfProgram, resumeText, retryText } from "./go-on.ts";
import { hintForTerminal } from "../hint-text.ts";
import { missingPlace } from "./missing-place.ts";
import { raisedLimits, stepsToRaise } from "./raised-limits.ts";
import { countOf, formatCount } from "../report-text.ts";

/** What says how a session goes on. */
export type StandsAt = Pick<SessionReport, "session" | "folder" | "failures" | "unread" | "allRead">;

type Failures = SessionReport["failures"];

export interface NextCommandsOptions {
  /** @default looks at the disk */
  readonly exists?: (path: string) => boolean;
}

/** The commands that go on from here; each does something, and works as it is pasted, once what is named before them is done. */
export function nextCommands(report: StandsAt, { exists = existsSync }: NextCommandsOptions = {}): readonly string[] {
  const commands = commandsAt(report);
  const missing = report.session.status === SessionStatus.running ? undefined : missingPlace(report.session, exists);
  return missing === undefined || commands.length === 0 ? commands : [missing, ...commands];
}

function commandsAt(report: StandsAt): readonly string[] {
  const { session, failures } = report;
  const at = atWorkspaceOf(report);
  // Everything else is refused while a process runs it.
  if (session.status === SessionStatus.running) {
    return [`Run \`${cancelText(session, { at })}\` to stop it in good order; it can be resumed.`];
  }
  // What has no place in a changed pipeline has its own way on: see `fixOf`.
  const failed = failures.filter(({ retryable, withoutPlace }) => retryable && withoutPlace === undefined);
  const retries = [
    ...retryLine(
      report,
      at,
      failed.filter((group) => !isCancelled(group)),
    ),
    ...cancelledLine(report, at, failed.filter(isCancelled)),
  ];
  if (session.status !== SessionStatus.interrupted) return retries;
  const isAtEnd = nothingToRead(report);
  // What was cancelled is all that was left: a resume has nothing to do. Otherwise it ends the phase that was cut off.
  if (isAtEnd && report.allRead && failed.length > 0 && failed.every(isCancelled)) return retries;
  return [resumeLine(report, at), ...(isAtEnd ? retries : [])];
}

/** As far as is known: a source need not say how much there is. */
const nothingToRead = ({ session: { counts }, unread }: StandsAt): boolean =>
  counts.pending === 0 && counts.processing === 0 && unread === 0;

function resumeLine({ session }: StandsAt, at: string): string {
  const { hint } = session;
  if (hint === undefined) {
    return `Run \`${resumeText(session, { at })}\` to go on from here; what is done is not done again.`;
  }
  // Without a higher limit the run would stop again at once.
  return isOfProgram(session) ? hintText(hint) : hintForTerminal(hint, { workspaceFlag: at });
}

function retryLine({ session }: StandsAt, at: string, failures: Failures): readonly string[] {
  if (failures.length === 0) return [];
  const command = retryText(session, { at, raise: raisedLimits(failures) });
  const raised = stepsToRaise(failures).map(
    ({ step, limit }) => ` Raise the \`${limit}\` of step "${step}" in its pipeline before.`,
  );
  return [
    `Run \`${command}\` to try the ${formatCount(sum(failures))} failed again. The others are safe.${raised.join("")}`,
  ];
}

/** A retry leaves alone what its user cancelled, unless that is asked for. */
function cancelledLine({ session }: StandsAt, at: string, failures: Failures): readonly string[] {
  if (failures.length === 0) return [];
  const command = retryText(session, { at, kind: "cancelled_by_user" });
  return [`Run \`${command}\` to try ${countOf(sum(failures), "cancelled item")} again after all.`];
}

const isCancelled = ({ kind }: Failures[number]): boolean => kind === "cancelled_by_user";

const sum = (failures: Failures): number => failures.reduce((total, { count }) => total + count, 0);
