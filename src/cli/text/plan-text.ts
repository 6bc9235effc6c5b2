import { DEFAULT_SPEED, type RunPlan } from "../../run/index.ts";
import { formatAmount, rangeText } from "./estimate.ts";
import { countOf, formatCount, formatDuration, shorten } from "./report-text.ts";
import { showPath } from "./show-path.ts";

export interface PlanTextOptions {
  /** As the user wrote it. */
  readonly from: string;
  /** Absolute. */
  readonly out: string;
  /** The command that does it. */
  readonly command: string;
  /** The run's `--limit`; the plan covers all items. */
  readonly limit?: number | undefined;
}

/**
 * A plan for a person: what would happen to each chat, what it needs, what the estimate is based on and what is
 * unknown.
 */
export function planText(plan: RunPlan, { from, out, command, limit }: PlanTextOptions): string {
  const toDo = Object.values(plan.work).reduce((sum, count) => sum + count, 0);
  return [
    `${from} to ${showPath(out)} with ${plan.model}: ${formatCount(toDo)} of ${countOf(plan.elements, "item")} to do`,
    ...WORK.flatMap(({ kind, label }) => (plan.work[kind] ? [`  ${label}: ${formatCount(plan.work[kind])}`] : [])),
    ...endLines(plan),
    ...chunkLines(plan),
    ...(plan.cachedAnswers > 0 ? [`  cached answers: ${formatCount(plan.cachedAnswers)}, not paid for again`] : []),
    ...needLines(plan),
    ...(limit === undefined ? [] : [`  this ignores --limit ${limit}: that run ends earlier`]),
    ...section("Based on:", basisOf(plan)),
    ...section("Not known:", unknownsOf(plan, toDo, command)),
    "Nothing was written, and no model was called.",
    ...(toDo > 0 ? [`Run \`${command}\` to do it.`] : []),
  ].join("\n");
}

const WORK = [
  { kind: "new", label: "new" },
  { kind: "grown", label: "grown or changed, to be updated" },
  { kind: "edited", label: "grown, and edited by you: your version stays" },
] as const;

const SHOWN_REASONS = 10;

const END_LABELS = { skipped: "skipped", filtered: "filtered", failed: "would fail" } as const;

function endLines({ ends }: RunPlan): readonly string[] {
  const lines = ends.map(
    ({ status, count, reason }) => `  ${END_LABELS[status]}: ${formatCount(count)} x ${shorten(reason)}`,
  );
  const hidden = ends.length - SHOWN_REASONS;
  return hidden > 0
    ? [...lines.slice(0, SHOWN_REASONS), `  ... and ${countOf(hidden, "other reason")}: --json`]
    : lines;
}

function chunkLines({ chunkedItems, chunks, merges }: RunPlan): readonly string[] {
  if (chunkedItems === 0) return [];
  const merging = merges === 0 ? "" : `, and ${countOf(merges, "call")} to join them`;
  return [`  too long for one call: ${formatCount(chunkedItems)}, in ${countOf(chunks, "part")}${merging}`];
}

function needLines({ estimate }: RunPlan): readonly string[] {
  if (!estimate) return ["  calls to a model: none"];
  const { calls, inputTokens, outputTokens, durationMs, cost } = estimate;
  if (calls.most === 0) return ["  calls to the model: none"];
  return [
    `  calls to the model: ${rangeText(calls, formatCount)}`,
    `  tokens: ${rangeText(inputTokens, roughly)} in, ${rangeText(outputTokens, roughly)} out`,
    ...(durationMs ? [`  time: ${rangeText(durationMs, formatDuration)}`] : []),
    `  cost: ${cost ? rangeText(cost, formatAmount) : "unknown (give the price of the model with --price)"}`,
  ];
}

function basisOf({ estimate, pastRuns, listPrices, model, contextTokens }: RunPlan): readonly string[] {
  if (!estimate || estimate.calls.most === 0) return [];
  const { outputTokensPerCall, writtenPerSecond } = DEFAULT_SPEED;
  return [
    ...(contextTokens === undefined ? [] : [`a context of ${formatCount(contextTokens)} tokens`]),
    pastRuns > 0
      ? `length of answers and speed: ${countOf(pastRuns, "earlier run")} with ${model} in this workspace`
      : `length of answers and speed: a guess, since ${model} was not used in this workspace before: ` +
        `${rangeText(outputTokensPerCall, formatCount)} tokens an answer, ${rangeText(writtenPerSecond, formatCount)} written a second`,
    ...(listPrices === undefined ? [] : [`the list price of ${listPrices}, in dollars; --price sets another`]),
    "tokens of the chats: estimated from their length, unless the model comes with its tokenizer",
  ];
}

function unknownsOf({ estimate, modelProblem, pastRuns }: RunPlan, toDo: number, command: string): readonly string[] {
  if (toDo === 0) return [];
  return [
    ...(modelProblem === undefined
      ? []
      : [`the model itself: ${modelProblem} So its cached answers and its context are not known either.`]),
    "how many notes will go to review or fail: that depends on the answers",
    ...(estimate && estimate.calls.most > 0
      ? [
          "calls that have to be repeated, and waits for an API that is busy or unreachable: they come on top",
          ...(pastRuns > 0 ? [] : [`the speed of this model: \`${measuring(command)}\` measures it`]),
        ]
      : []),
  ];
}

/** A try takes all flags of an import but those of a run alone. */
const measuring = (command: string): string =>
  / --(?:limit|engine|redis|postgres|allow-volatile)\b/.test(command)
    ? `${command} --limit 5`
    : command.replace(/^holdfast import /, "holdfast try ");

const section = (title: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : [title, ...lines.map((line) => `  - ${line}`)];

/** Two digits are as precise as an estimate is. */
const roughly = (n: number): string => formatCount(Number(n.toPrecision(2)));
