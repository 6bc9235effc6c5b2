import type { Session } from "../../core/session/index.ts";
import type { ItemDetails, StepOfItem } from "../../run/reports/index.ts";
import { FAILURES } from "../../core/failure/index.ts";
import { ItemStatus, SessionStatus } from "../../core/base/index.ts";
import { ageText } from "./in-flight-lines.ts";
import { fixOf } from "./failure-lines.ts";
import { cancelText, resumeText, retryText, type GoOnOptions } from "./next/go-on.ts";
import { raisedLimits, stepsToRaise } from "./next/raised-limits.ts";
import { alignColumns, countOf, formatMs, formatTime } from "./report-text.ts";
import { lineText } from "./escape/terminal-text.ts";

/** Everything about one item, for a person: where it is, its path, its error, its files, and how to go on. */
export function itemLines(details: ItemDetails, session: Session, options: GoOnOptions): readonly string[] {
  const { item } = details;
  return [
    `${lineText(item.itemId)}: ${whereItIs(details)}`,
    ...indent(alignColumns(factsOf(details))),
    ...section("Steps", alignColumns(details.way.map(stepRow))),
    ...section("Error", errorLines(details)),
    ...section("Attempts", attemptLines(details)),
    ...section("Files", alignColumns(fileRows(details))),
    ...section("Next", nextLines(details, session, options)),
  ];
}

function whereItIs({ item, way }: ItemDetails): string {
  const { status, failure, reason } = item;
  const next = way.find(({ last }) => !last?.success)?.step;
  switch (status) {
    case ItemStatus.failed:
      return `failed${failure ? ` at ${failure.step}` : ""}`;
    case ItemStatus.pending:
    case ItemStatus.processing:
      if (item.openChildren > 0) return `${status}, waits for ${countOf(item.openChildren, "child", "children")}`;
      return next === undefined ? status : `${status}, next is ${next}`;
    case ItemStatus.completed:
      return status;
    case ItemStatus.skipped:
    case ItemStatus.filtered:
    case ItemStatus.review:
      return reason === undefined ? status : `${status} (${reason})`;
  }
}

function factsOf({ item }: ItemDetails): readonly (readonly string[])[] {
  const { phase, sourcePath, generation, outputPath, metadata } = item;
  const facts = Object.entries(metadata).flatMap(([name, value]) =>
    typeof value === "object" ? [] : [[name, String(value)]],
  );
  return [
    ["phase", phase],
    ["from", sourcePath],
    ...(generation > 1 ? [["tried again", countOf(generation - 1, "time")]] : []),
    ...(outputPath === undefined ? [] : [["written to", outputPath]]),
    ...facts,
  ];
}

function stepRow({ step, last, times, inFlight }: StepOfItem): readonly string[] {
  if (inFlight) return [step, "in flight", ageText(inFlight)];
  if (!last) return [step, "not yet"];
  const { success, attempts, durationMs, usage } = last;
  const calls = attempts === 0 ? "from the cache" : countOf(attempts, "call");
  return [
    step,
    success ? "done" : "failed",
    calls,
    formatMs(durationMs),
    ...(usage?.answeredBy ? [`answered by ${usage.answeredBy.map(lineText).join(", ")}`] : []),
    ...(times > 1 ? [`the last of ${times} times`] : []),
  ];
}

function errorLines({ item, evidence }: ItemDetails): readonly string[] {
  const { failure } = item;
  if (!failure) return [];
  const { causes } = evidence;
  const chain = causes.map(({ name, message }, depth) => `${depth === 0 ? "" : "caused by "}${name}: ${message}`);
  return [
    `${failure.kind}: ${FAILURES[failure.kind].means}`,
    ...(chain.length === 0 ? [failure.message] : chain).flatMap((text) => text.trimEnd().split("\n")),
  ];
}

function attemptLines({ item, evidence }: ItemDetails): readonly string[] {
  if (!item.failure) return [];
  return alignColumns(
    evidence.attempts.map(({ attempt, at, kind, message }) => [
      String(attempt),
      formatTime(at),
      kind,
      message.replaceAll(/\s+/g, " "),
    ]),
  );
}

const fileRows = ({ evidence: { files } }: ItemDetails): readonly (readonly string[])[] =>
  FILES.flatMap((what) => (files[what] === undefined ? [] : [[what, files[what]]]));

const FILES = ["input", "request", "answer", "error"] as const;

function nextLines({ item, withoutPlace }: ItemDetails, session: Session, options: GoOnOptions): readonly string[] {
  const { itemId, status, hasContent, failure } = item;
  const isRunning = session.status === SessionStatus.running;
  if (status === ItemStatus.pending || status === ItemStatus.processing) {
    if (isRunning) return [cancelText(session, { ...options, itemId })];
    const isBlocked = item.openChildren > 0 && session.status !== SessionStatus.interrupted;
    return [isBlocked ? retryText(session, options) : resumeText(session, options)];
  }
  if (status !== ItemStatus.failed) return [];
  const { kind = "input", message = "", step = "" } = failure ?? {};
  const fix = hasContent
    ? retryText(session, { ...options, itemId, raise: raisedLimits([{ message }]) })
    : fixOf({ retryable: false, kind, message, step }, session, options);
  const before = [
    ...(isRunning ? ["When the run has ended:"] : []),
    ...(withoutPlace === undefined
      ? []
      : [
          `It has no place in the changed pipeline: ${withoutPlace}. Give the steps their names and their order back, then:`,
        ]),
    ...stepsToRaise([{ message, step }]).map(({ limit }) => `Raise the step's \`${limit}\` in its pipeline, then:`),
  ];
  return [...before, fix];
}

const section = (title: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : [title, ...indent(lines)];

const indent = (lines: readonly string[]): readonly string[] => lines.map((line) => `  ${line}`);
