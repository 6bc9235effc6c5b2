import type { Session } from "../../core/session/index.ts";
import type { FailureGroup } from "../../run/reports/index.ts";
import { beginCommand } from "./next/begin-command.ts";
import { retryText, type GoOnOptions } from "./next/go-on.ts";
import { SessionStatus } from "../../core/base/index.ts";
import { FAILURES, type FailureKind } from "../../core/failure/index.ts";
import { raisedLimits, stepsToRaise } from "./next/raised-limits.ts";

import { countOf, formatCount, shorten } from "./report-text.ts";
import { lineText } from "./escape/terminal-text.ts";

export interface FailureLinesOptions extends GoOnOptions {
  /** How many groups are shown. */
  readonly most: number;
  /** Also says where the evidence of each group's first item is. @default false */
  readonly evidence?: boolean;
}

/** Failed items by cause, each group with the command that fixes it. */
export function failureLines(
  session: Session,
  groups: readonly FailureGroup[],
  { at, most, evidence = false }: FailureLinesOptions,
): readonly string[] {
  const lines = groups.slice(0, most).flatMap((group) => linesOf(group, session, { at, evidence }));
  const hidden = groups.length - most;
  return hidden > 0
    ? [...lines, `  ... and ${countOf(hidden, "other cause")}: holdfast show ${session.id}${at} --json`]
    : lines;
}

function linesOf(
  group: FailureGroup,
  session: Session,
  { at, evidence }: GoOnOptions & { readonly evidence: boolean },
): readonly string[] {
  const { step, kind, message, count, examples, folder } = group;
  return [
    `  failed: ${formatCount(count)} x ${step}: ${shorten(message)}`,
    `    (${kind}: ${FAILURES[kind].means}) ${examples.map((itemId) => shorten(lineText(itemId))).join(", ")}${count > examples.length ? ", ..." : ""}`,
    ...(evidence && folder !== undefined ? [`    evidence: ${folder}`] : []),
    `    fix${session.status === SessionStatus.running ? ", when the run has ended" : ""}: ${fixOf(group, session, { at })}`,
  ];
}

/** The command that fixes a group, and what to do before it. */
export function fixOf(
  {
    retryable,
    kind,
    message,
    step,
    withoutPlace,
  }: Pick<FailureGroup, "retryable" | "kind" | "message" | "step" | "withoutPlace">,
  session: Session,
  options: GoOnOptions,
): string {
  if (!retryable) {
    return `fix the input, then run \`${beginCommand(session, options)}\` (retry cannot: nothing could be read)`;
  }
  const { before, remark } = withoutPlace === undefined ? remedyOf({ kind, message, step }) : placeFor(withoutPlace);
  const command = `\`${retryText(session, { ...options, kind, raise: raisedLimits([{ message }]) })}\``;
  return `${before === undefined ? "" : `${before}, then `}${command}${remark === undefined ? "" : ` (${remark})`}`;
}

interface Remedy {
  /** What a person has to do first. */
  readonly before?: string;
  /** What may help. */
  readonly remark?: string;
}

/** For items that a changed pipeline has no place for. */
const placeFor = (reason: string): Remedy => ({
  before: `give the pipeline's steps their names and their order back (${reason})`,
});

function remedyOf({ kind, message, step }: Pick<FailureGroup, "kind" | "message" | "step">): Remedy {
  const [raise] = stepsToRaise([{ message, step }]);
  return raise === undefined
    ? (REMEDIES[kind] ?? {})
    : { before: `raise the step's \`${raise.limit}\` in its pipeline` };
}

/** Failures for which a retry alone is not enough. */
const REMEDIES: Readonly<Partial<Record<FailureKind, Remedy>>> = {
  input: { before: "see what the step reports about these items" },
  input_too_long: { remark: "with a longer context: --num-ctx" },
  answer: { remark: "another model may do better: --llm" },
  bug: { before: "fix the step's code" },
};
