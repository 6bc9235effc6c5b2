import { messageOf } from "../../../core/failure/index.ts";
import { assertChildren } from "../../../core/pipeline/index.ts";
import type { ContentText, StepReport } from "../queue/job.ts";

/** The contents that a worker's report names. */
export function contentsOf({ end }: StepReport): readonly ContentText[] {
  if (end.kind === "done") return [end.output];
  return end.kind === "fannedOut" ? end.children.map(({ content }) => content) : [];
}

/** What is wrong with reports on steps that were asked for; `undefined` when nothing is. */
export function problemOf(reports: readonly StepReport[], steps: readonly string[]): string | undefined {
  for (const [index, { step, end }] of reports.entries()) {
    if (step !== steps[index])
      return `it reports on ${JSON.stringify(step)} where ${nameOf(steps[index])} was asked for`;
    if (end.kind !== "done" && index < reports.length - 1)
      return `it goes on after ${JSON.stringify(step)} has ended the item`;
    if (end.kind === "fannedOut") {
      const problem = problemOfChildren(step, end.children);
      if (problem !== undefined) return problem;
    }
  }
  return undefined;
}

export const nameOf = (step: string | undefined): string => (step === undefined ? "nothing" : JSON.stringify(step));

function problemOfChildren(step: string, children: readonly { readonly id: string }[]): string | undefined {
  try {
    assertChildren(
      step,
      children.map(({ id }) => id),
    );
    return undefined;
  } catch (error) {
    return messageOf(error).replace(/\.$/, "");
  }
}
