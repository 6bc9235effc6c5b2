import { leastDoubt, type Projected } from "../../run/try/index.ts";
import type { Usage } from "../../core/model/index.ts";
import { formatAmount } from "./estimate.ts";
import { alignColumns, countOf, formatCount, formatDuration, formatMs, shorten } from "./report-text.ts";
import { showPath } from "./show-path.ts";
import { lineText } from "./escape/terminal-text.ts";
import { cutToWidth, textWidth } from "./text-width.ts";
import type { ReportedInput, ReportedModel, ReportedOutput, TryReport } from "./try-report.ts";

export interface TryTextOptions {
  /** Columns of the terminal. */
  readonly width: number;
  /** What follows a command that looks into the workspace. */
  readonly at: string;
}

/** A try for people: each item with what each model made of it, the models side by side, and what the whole would take. */
export function tryText(report: TryReport, { width, at }: TryTextOptions): string {
  return [
    headLine(report),
    ...report.ends.slice(0, SHOWN_ENDS).map(endLine),
    ...report.laterPhases.map((phase) => `  not tried: the later phase ${phase}, which reads what this one loads`),
    ...report.sample.flatMap((input) => ["", ...itemBlock(input, report, width)]),
    "",
    ...modelsTable(report, width),
    ...report.models.flatMap(({ model, problem }) =>
      problem === undefined ? [] : [`  ${model}: ${shorten(problem, 2 * width)}`],
    ),
    "",
    ...wholeTable(report, width),
    ...howLines(report),
    "",
    ...filesLines(report, at),
    ...(report.again === undefined
      ? []
      : [`Run \`${report.again}\` to try the rest of the sample; answers that were paid for are kept.`]),
    ...nextLines(report),
  ].join("\n");
}

const SHOWN_ENDS = 5;

function headLine({ what, sample, items, elements, rule }: TryReport): string {
  const read = elements === items ? "" : ` (${formatCount(elements)} read)`;
  const all = items === 1 ? "the only item" : `all ${formatCount(items)} items`;
  if (sample.length === items) return `${what}: tried ${all} to do${read}`;
  return `${what}: tried ${sample.length} of ${countOf(items, "item")} to do${read}: ${rule}`;
}

const END_LABELS = { skipped: "skipped", filtered: "filtered", failed: "would fail" } as const;

const endLine = ({ status, count, reason }: TryReport["ends"][number]): string =>
  `  ${END_LABELS[status]}: ${formatCount(count)} x ${shorten(reason)}`;

/** One item: what it is, how it begins, and for each model how it ended and how its output begins. */
function itemBlock(input: ReportedInput, { models }: TryReport, width: number): readonly string[] {
  const { number, itemId, title, size, start } = input;
  const name = title === undefined ? lineText(itemId) : shorten(title, Math.max(20, width - 30));
  return [
    `${number}. ${name}  (${countOf(size, "character")})`,
    ...(title === undefined ? [] : [`   id    ${lineText(itemId)}`]),
    ...beginning("in ", start, { width, lines: 2 }),
    ...models.flatMap((model) => outputLines(model, number, width)),
  ];
}

const INDENT = 9;

/** The beginning of a text, in a few lines of words. */
function beginning(
  label: string,
  text: string | undefined,
  { width, lines: most }: { readonly width: number; readonly lines: number },
): readonly string[] {
  if (text === undefined) return [];
  const room = Math.max(20, width - INDENT);
  const lines: string[] = [];
  let rest = lineText(text.replaceAll(/\s+/g, " ").trim());
  while (rest !== "" && lines.length < most - 1) {
    const fits = cutToWidth(rest, room);
    const space = fits.length < rest.length ? fits.lastIndexOf(" ") : -1;
    // Some languages have no spaces, and some words are longer than a line.
    const [word = ""] = rest.slice(space + 1).split(" ", 1);
    const line = space > 0 && textWidth(word) <= room ? fits.slice(0, space) : fits;
    lines.push(line);
    rest = rest.slice(line.length).trimStart();
  }
  if (rest !== "") lines.push(shorten(rest, room));
  return lines.map((line, at) => `   ${at === 0 ? label : "   "}   ${line}`);
}

function outputLines({ model, items }: ReportedModel, number: number, width: number): readonly string[] {
  const output = items.find((item) => item.number === number);
  if (output === undefined) return [];
  const { status, reason, start } = output;
  return [
    `   ${model}: ${[endedText(status), ...factsOf(output)].join(", ")}`,
    ...(reason === undefined ? [] : [`   why   ${shorten(reason, width - INDENT)}`]),
    ...beginning("out", start, { width, lines: 4 }),
  ];
}

const NOT_DONE = "not done";

const endedText = (status: string): string =>
  status === "pending" || status === "processing" ? NOT_DONE : status === "review" ? "to review" : status;

function factsOf({ status, durationMs, usage, cost, cachedAnswers }: ReportedOutput): readonly string[] {
  if (usage.calls === 0 && endedText(status) === NOT_DONE) return [];
  if (usage.calls === 0) return cachedAnswers > 0 ? ["from the cache"] : [formatMs(durationMs)];
  return [
    formatMs(durationMs),
    tokensText(usage),
    cost === undefined ? "cost unknown" : `cost ${formatAmount(cost)}`,
    ...(cachedAnswers > 0 ? ["in part from the cache"] : []),
  ];
}

const tokensText = ({ inputTokens, outputTokens, callsOfUnknownTokens }: Usage): string =>
  `${formatCount(inputTokens)} tokens in, ${formatCount(outputTokens)} out${callsOfUnknownTokens > 0 ? " at least" : ""}`;

type Row = readonly [label: string, cell: (model: ReportedModel) => string];

const NONE = "-";

const SAMPLE_ROWS: readonly Row[] = [
  ["items ok", ({ usage, ok }) => (usage ? formatCount(ok) : NONE)],
  ["items failed", ({ usage, failed }) => (usage ? formatCount(failed) : NONE)],
  ["median of an item", ({ medianMs }) => (medianMs === undefined ? NONE : formatMs(medianMs))],
  ["calls", ({ usage }) => (usage ? formatCount(usage.calls) : NONE)],
  ["tokens in", ({ usage }) => (usage ? tokenCount(usage, usage.inputTokens) : NONE)],
  ["tokens out", ({ usage }) => (usage ? tokenCount(usage, usage.outputTokens) : NONE)],
  ["cost", ({ usage, cost }) => sampleCost(usage, cost)],
];

/** Calls that did not report their tokens have used more. */
const tokenCount = ({ callsOfUnknownTokens }: Usage, tokens: number): string =>
  `${callsOfUnknownTokens > 0 ? "at least " : ""}${formatCount(tokens)}`;

function sampleCost(usage: Usage | undefined, cost: number | undefined): string {
  if (usage === undefined) return NONE;
  if (usage.calls === 0) return "0";
  return cost === undefined ? "unknown" : formatAmount(cost);
}

const modelsTable = ({ models }: TryReport, width: number): readonly string[] =>
  sideBySide("The sample", rowsFor(SAMPLE_ROWS, models), models, width);

/** Without those about calls, where no model makes any. */
const rowsFor = (rows: readonly Row[], models: readonly ReportedModel[]): readonly Row[] =>
  models.some(({ usage, projection }) => (usage?.calls ?? 0) > 0 || (projection?.whole.calls.most ?? 0) > 0)
    ? rows
    : rows.filter(([label]) => !OF_CALLS.has(label));

const OF_CALLS: ReadonlySet<string> = new Set(["calls", "tokens in", "tokens out", "cost"]);

const WHOLE_ROWS: readonly Row[] = [
  ["calls", ({ projection }) => (projection ? countText(projection.whole.calls) : NONE)],
  ["tokens in", ({ projection }) => (projection ? countText(projection.whole.inputTokens) : NONE)],
  ["tokens out", ({ projection }) => (projection ? countText(projection.whole.outputTokens) : NONE)],
  ["cost", (model) => wholeCost(model)],
  ["time still to go", ({ projection }) => (projection ? projectedText(projection.durationMs, formatDuration) : NONE)],
];

function wholeCost({ projection }: ReportedModel): string {
  if (!projection) return NONE;
  const { calls, cost } = projection.whole;
  if (calls.most === 0) return "0";
  return cost ? projectedText(cost, formatAmount) : "unknown";
}

function wholeTable({ models, items }: TryReport, width: number): readonly string[] {
  const known = models.filter(({ projection }) => projection !== undefined);
  if (known.length === 0) return ["No item was measured, so nothing can be said about the whole."];
  const isMeasured = known.every(({ projection }) => projection?.rest.items === 0 && projection.answered === 0);
  const title = `The whole, ${countOf(items, "item")}, ${isMeasured ? "as measured" : "as projected"}`;
  return sideBySide(title, rowsFor(WHOLE_ROWS, known), known, width);
}

/** A column for each model where they fit, else a block for each. */
function sideBySide(
  title: string,
  rows: readonly Row[],
  models: readonly ReportedModel[],
  width: number,
): readonly string[] {
  const table = alignColumns([
    ["", ...models.map(({ model }) => model)],
    ...rows.map(([label, cell]) => [`  ${label}`, ...models.map(cell)]),
  ]);
  if (table.every((line) => textWidth(line) <= width)) {
    const [names = "", ...lines] = table;
    const head = names.trimStart();
    const room = names.length - head.length;
    if (title.length + 2 <= room) return [`${title.padEnd(room)}${head}`, ...lines];
    return models.length === 1 ? [`${title} for ${head}`, ...lines] : [title, names, ...lines];
  }
  return [
    title,
    ...models.flatMap((model) => [
      `  ${model.model}`,
      ...alignColumns(rows.map(([label, cell]) => [`    ${label}`, cell(model)])),
    ]),
  ];
}

/** `12,000 (9,000 to 16,000)`. */
function projectedText({ likely, least, most }: Projected, show: (n: number) => string): string {
  const [middle, from, to] = [show(likely), show(least), show(most)];
  return from === to ? middle : `${middle} (${from} to ${to})`;
}

/** Two digits are as precise as a projection is; what was counted is not rounded. */
const roughly = (n: number): string => formatCount(n < 100 ? Math.round(n) : Number(n.toPrecision(2)));

const countText = (projected: Projected): string =>
  projected.least === projected.most ? formatCount(projected.likely) : projectedText(projected, roughly);

/** What the projection rests on, and what it does not know. */
function howLines({ models, items, notKept }: TryReport): readonly string[] {
  const known = models.flatMap(({ projection }) => (projection ? [projection] : []));
  const measured = Math.max(0, ...known.map((projection) => projection.measured));
  if (measured === 0) return [];
  const isWhole = known.every(({ rest }) => rest.items === 0);
  const dates = new Set(models.flatMap(({ listPrices }) => listPrices ?? []));
  const unpriced = models.filter(({ projection }) => projection && !projection.whole.cost);
  const called = unpriced.filter(({ projection }) => (projection?.whole.calls.most ?? 0) > 0);
  const answered = Math.max(...known.map((projection) => projection.answered));
  const paid = models.filter(({ usage }) => (usage?.calls ?? 0) > 0);
  const atOnce = [...new Set(models.flatMap(({ projection, atOnce }) => (projection ? [atOnce] : [])))];
  return [
    ...(isWhole
      ? [`  Measured, not projected: ${answered > 0 ? "nothing else is left to do" : "the sample is all there is"}.`]
      : basisLines(measured)),
    ...(answered > 0
      ? [
          `  ${countOf(answered, "item")} of ${formatCount(items)} ${answered === 1 ? "is" : "are"} answered already, and not in it.`,
        ]
      : []),
    ...(isWhole
      ? []
      : [`  Time at ${atOnce.join(" or ")} at once, as in the sample; waits for a busy or broken API come on top.`]),
    ...(dates.size > 0 ? [`  List prices of ${[...dates].join(", ")}, in dollars; --price sets another.`] : []),
    ...(called.length > 0
      ? [
          `  No price is known for ${called.map(({ model }) => model).join(", ")}: ${models.length === 1 ? "give it with --price, or" : "give it"} with \`prices\` in the configuration.`,
        ]
      : []),
    ...(notKept.length > 0
      ? [
          `  Not cached, so a run pays for the sample again: ${notKept.join(", ")} (\`cache: true\` in the step keeps answers).`,
        ]
      : paid.length > 0
        ? ["  Answers of the sample are kept: a run with the same model and settings does not pay for them again."]
        : []),
  ];
}

const basisLines = (measured: number): readonly string[] =>
  measured === 1
    ? ["  It rests on one item, which says little: half as much or twice as much. Take a larger sample."]
    : [
        `  Each of the ${measured} stands for the items nearest to it in size. The range is that of 9 of 10 sums in which each`,
        `  takes what it or a neighbour took, and at least a factor of ${leastDoubt(measured).toFixed(2)} either way.`,
      ];

function filesLines({ models }: TryReport, at: string): readonly string[] {
  return models.flatMap(({ model, folder, sessionId }) =>
    folder === undefined || sessionId === undefined
      ? []
      : [`Whole inputs and outputs, ${model}: ${showPath(folder)} (holdfast show ${sessionId} <id>${at})`],
  );
}

function nextLines({ models }: TryReport): readonly string[] {
  const worth = models.filter(({ projection }) => projection !== undefined);
  return worth.map(({ next, model }) =>
    worth.length === 1 ? `Run \`${next}\` for the whole.` : `Run \`${next}\` for the whole with ${model}.`,
  );
}
