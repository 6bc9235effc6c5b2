import type { FailureGroup, RetryCandidate, RetryPlan, SessionReport } from "../../run/reports/index.ts";
import type { RetriedOutcome } from "../../run/index.ts";
import { alignColumns, countOf, formatCount, shorten } from "../text/report-text.ts";
import type { GoOnOptions } from "../text/next/go-on.ts";
import { lineText } from "../text/escape/terminal-text.ts";

const SHOWN_ITEMS = 50;

/** How far the session has come. */
export type HowFar = Pick<SessionReport, "unread" | "allRead"> & {
  readonly session: Pick<SessionReport["session"], "status" | "counts">;
};

/** What a retry does beside the items that it tries again: it goes on with a session that has not ended. */
export interface Rest {
  /** Items that were begun or read. */
  readonly pending: number;
  /** Elements of the sources that no run has read, as far as is known. */
  readonly unread: number;
  /** Whether the sources were read to their ends: otherwise there may be more than `unread` says. */
  readonly allRead: boolean;
}

export function restOf({ session: { status, counts }, unread, allRead }: HowFar): Rest {
  // In a session that has ended, only whole items are pending that wait for a part which failed.
  return { pending: status === "interrupted" ? counts.pending + counts.processing : 0, unread, allRead };
}

/** The same in words; `undefined` when there is none. */
export function restLine({ pending, unread, allRead }: Rest): string | undefined {
  const parts = [
    ...(pending > 0 ? [countOf(pending, "pending item")] : []),
    ...(unread > 0 ? [`${formatCount(unread)} that ${unread === 1 ? "is" : "are"} not read yet`] : []),
    ...(unread === 0 && !allRead ? ["what is not read yet"] : []),
  ];
  return parts.length === 0
    ? undefined
    : `The session has not ended, and goes on with the rest too: ${parts.join(", ")}.`;
}

/** What a retry would do, as a table. */
export function retryPreview(
  id: string,
  plan: RetryPlan,
  { at, rest }: GoOnOptions & { readonly rest?: string | undefined },
): string {
  const { count, items } = plan;
  if (count === 0) return nothingToRetry(id, plan, { at });
  const shown = items.slice(0, SHOWN_ITEMS);
  const hidden = count - shown.length;
  return [
    `${countOf(count, "item")} would be tried again:`,
    ...alignColumns([["item", "is", "continues at", "why"], ...shown.map(rowOf)]).map((line) => `  ${line}`),
    ...(hidden > 0 ? [`  ... and ${countOf(hidden, "other")}`] : []),
    ...leftOut(id, plan, at),
    ...(rest === undefined ? [] : [rest]),
    "Nothing was changed. Run the same command without --preview to do it.",
  ].join("\n");
}

/** Why nothing can be retried, and what to do instead. */
export function nothingToRetry(id: string, plan: RetryPlan, { at }: GoOnOptions): string {
  const { failed, pending, broken } = plan;
  const retryable = failed.filter((group) => group.retryable);
  if (failed.length === 0 && pending.length === 0) {
    return `Session ${id} has no failed items: there is nothing to try again.`;
  }
  return [
    "Nothing to try again. Nothing was changed.",
    ...leftOut(id, plan, at),
    ...(retryable.length > 0 && broken.length === 0 && pending.length === 0
      ? [`What failed and can be tried again: ${kindsOf(retryable)}.`]
      : []),
    `Run \`holdfast show ${id}${at}\` to see what failed, and how to fix it.`,
  ].join("\n");
}

const SHOWN_REFUSED = 5;

/** The items that a changed pipeline has no place for, with the reasons. */
export function refusedLines(refused: RetriedOutcome["refused"]): readonly string[] {
  if (refused.length === 0) return [];
  const hidden = refused.length - SHOWN_REFUSED;
  return [
    `${countOf(refused.length, "item")} stayed failed, since the pipeline has changed:`,
    ...refused.slice(0, SHOWN_REFUSED).map(({ itemId, reason }) => `  ${lineText(itemId)}: ${reason}`),
    ...(hidden > 0 ? [`  ... and ${countOf(hidden, "other")}`] : []),
  ];
}

function rowOf({ itemId, status, step, kind, message }: RetryCandidate): readonly string[] {
  const why = kind === undefined ? "" : `${kind}: ${shorten(message ?? "", 100)}`;
  return [itemId, status, step ?? "the first step", why];
}

/** The items that stay as they are, with the reason. */
const leftOut = (
  id: string,
  { broken, cancelled, withoutPlace, pending }: RetryPlan,
  at: string,
): readonly string[] => [
  ...withoutPlace.map(
    ({ count, examples, withoutPlace: reason = "" }) =>
      `${formatCount(count)} of them ${count === 1 ? "stays" : "stay"} failed unless the changed pipeline gets its steps' names and order back ` +
      `(${namesOf({ count, examples })}): ${reason}.`,
  ),
  ...cancelled.map(
    ({ count, examples }) =>
      `${countOf(count, "item")} that you cancelled (${namesOf({ count, examples })}) ${count === 1 ? "is" : "are"} left alone: --kind cancelled_by_user tries ${count === 1 ? "it" : "them"} again after all.`,
  ),
  ...broken.map(
    ({ count, step, examples, message }) =>
      `${formatCount(count)} cannot be tried again, because ${step} could not read ${count === 1 ? "it" : "them"} ` +
      `(${namesOf({ count, examples })}: ${shorten(message, 100)}). Fix the input, then start again with it.`,
  ),
  ...(pending.length === 0
    ? []
    : [
        `${pending.map(({ itemId }) => lineText(itemId)).join(", ")} did not fail: it is pending, and \`holdfast resume ${id}${at}\` will process it.`,
      ]),
];

const namesOf = ({ count, examples }: Pick<FailureGroup, "count" | "examples">): string =>
  `${examples.map((itemId) => shorten(lineText(itemId))).join(", ")}${count > examples.length ? ", ..." : ""}`;

/** `transient (3), input (1)`. */
function kindsOf(groups: RetryPlan["failed"]): string {
  const counts = new Map<string, number>();
  for (const { kind, count } of groups) counts.set(kind, (counts.get(kind) ?? 0) + count);
  return [...counts].map(([kind, count]) => `${kind} (${formatCount(count)})`).join(", ");
}
