import { runnableSteps } from "../../core/pipeline/index.ts";
import { costOfWork, type TriedItem } from "../../run/try/index.ts";
import { DEFAULT_MAX_TOKENS, DEFAULT_OUT, DEFAULT_SAMPLE, type TryFlags } from "../flags/try-flags.ts";
import { ExitCode } from "../terminal/exit-code.ts";
import { sameCommand } from "../text/next/same-command.ts";
import { startOf, startOfFile, type ReportedInput, type ReportedModel, type TryReport } from "../text/try-report.ts";
import type { TriedModel, TryAll } from "./try-models.ts";

export interface ReportTryOptions {
  readonly what: string;
  readonly all: TryAll;
  readonly models: readonly TriedModel[];
  readonly flags: TryFlags;
  /** `process.argv`. */
  readonly argv: readonly string[];
}

/** Everything about a try, for `--json` and for the text. */
export function reportTry({ what, all, models, flags, argv }: ReportTryOptions): TryReport {
  const { pipeline, survey } = all;
  const [first, ...later] = pipeline.phases;
  const calling = new Set(models.flatMap(({ run }) => run?.callingSteps ?? []));
  const notKept = first
    ? runnableSteps(first).flatMap(({ name, cache }) => (calling.has(name) && !cache ? [name] : []))
    : [];
  return {
    what,
    pipeline: pipeline.name,
    elements: survey.elements,
    items: survey.items.length,
    ends: survey.ends,
    rule: ruleOf(flags, all.items.length === survey.items.length),
    sample: all.items.map((itemId, at) => inputOf(itemId, at, all, models)),
    models: models.map((model) => reportModel(model, { argv, flags, isExport: all.outputText !== undefined })),
    notKept,
    ...againOf(models, { flags, argv }),
    laterPhases: later.map(({ name }) => name),
    exitCode: exitCodeOfTry(models),
  };
}

/** The command that goes on with a try that was stopped; none for one that came to its end. */
function againOf(
  models: readonly TriedModel[],
  { flags, argv }: Pick<ModelContext, "flags" | "argv">,
): { readonly again?: string } {
  const causes = models.flatMap(({ run }) => run?.outcome.cause ?? []);
  const cause = causes.find(({ kind }) => kind === "limit" || kind === "user");
  if (cause === undefined) return {};
  return { again: sameCommand({ argv, change: cause.kind === "limit" ? higherLimit(cause.limit, flags) : {} }) };
}

/** Without a higher limit it would stop again. */
function higherLimit(limit: string, { maxTokens = DEFAULT_MAX_TOKENS, maxCost }: TryFlags): Record<string, string> {
  if (limit === "maxTokens") return { "--max-tokens": String(2 * maxTokens) };
  return limit === "maxCost" && maxCost !== undefined ? { "--max-cost": String(2 * maxCost) } : {};
}

function ruleOf({ items, seed, sample = DEFAULT_SAMPLE }: TryFlags, isAll: boolean): string {
  if (items) return "those of --items";
  if (isAll) return "all";
  const group = sample === 1 ? "the one in the middle by size" : `one of each ${ordinal(sample)} by size`;
  return seed === undefined ? group : `${group}, drawn with seed ${seed}`;
}

const ordinal = (n: number): string => ORDINALS[n] ?? `${n}th part`;

const ORDINALS: Readonly<Record<number, string>> = { 2: "half", 3: "third", 4: "quarter", 5: "fifth" };

function inputOf(itemId: string, at: number, { survey }: TryAll, models: readonly TriedModel[]): ReportedInput {
  const size = survey.items.find((item) => item.itemId === itemId)?.size ?? 0;
  const [input] = models.flatMap(({ run }) => run?.items.find((item) => item.itemId === itemId)?.input ?? []);
  return {
    number: at + 1,
    itemId,
    ...(input?.title !== undefined && { title: input.title }),
    size,
    ...(input && { start: startOf(input.text), file: input.file }),
  };
}

interface ModelContext {
  readonly argv: readonly string[];
  readonly flags: TryFlags;
  readonly isExport: boolean;
}

function reportModel(model: TriedModel, context: ModelContext): ReportedModel {
  const { llm, model: id, run, problem, price, listPrices, atOnce, projection, exitCode } = model;
  const items = run?.items ?? [];
  const ended = items.flatMap(({ measured }) => measured?.durationMs ?? []);
  const cost = run && costOfWork(run, price);
  const medianMs = medianOf(ended);
  return {
    llm,
    model: id,
    ...(run && { sessionId: run.outcome.session.id, folder: run.folder, usage: run.usage }),
    ...(problem !== undefined && { problem }),
    items: items.map((item, at) => reportItem(item, at, model)),
    ok: items.filter(({ status }) => status !== undefined && OK.has(status)).length,
    failed: items.filter(({ status }) => status === "failed").length,
    ...(medianMs !== undefined && { medianMs }),
    ...(cost !== undefined && { cost }),
    ...(price && { price }),
    ...(listPrices !== undefined && { listPrices }),
    atOnce,
    ...(projection && { projection }),
    next: nextCommand(llm, context),
    exitCode,
  };
}

const OK: ReadonlySet<string> = new Set(["completed", "review", "filtered", "skipped"]);

function reportItem(item: TriedItem, at: number, { price }: TriedModel): ReportedModel["items"][number] {
  const { itemId, status = "pending", reason, work, outputFile } = item;
  const { usage, durationMs, cachedAnswers } = work;
  const cost = costOfWork(work, price);
  const start = startOfFile(outputFile);
  return {
    number: at + 1,
    itemId,
    status,
    ...(reason !== undefined && { reason }),
    durationMs,
    usage,
    ...(cost !== undefined && { cost }),
    cachedAnswers,
    ...(start !== undefined && { start }),
    ...(outputFile !== undefined && { file: outputFile }),
  };
}

function medianOf(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  const [low, high] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.floor(sorted.length / 2)]];
  return low === undefined || high === undefined ? undefined : (low + high) / 2;
}

/** What belongs to the sample, or is a limit of the try: a run of the whole would stop at it. */
const OF_THE_TRY = ["--sample", "--seed", "--items", "--max-cost", "--max-tokens", "--max-time", "--until"] as const;

function nextCommand(llm: string, { argv, flags, isExport }: ModelContext): string {
  const { compare, out } = flags;
  const gone = Object.fromEntries(OF_THE_TRY.map((flag) => [flag, undefined]));
  return sameCommand({
    argv: compare ? withoutCompared(argv, compare) : argv,
    name: isExport ? "import" : "run",
    // A run that ignores cached answers would pay for the sample again.
    without: ["--json", "--no-cache"],
    change: {
      ...gone,
      ...(isExport && out === undefined && { "--out": DEFAULT_OUT }),
      ...(compare && { "--llm": llm }),
    },
  });
}

/** `--compare` takes all words after it, up to the next flag. */
function withoutCompared(argv: readonly string[], models: readonly string[]): readonly string[] {
  const kept: string[] = [];
  let isCompared = false;
  for (const word of argv) {
    if (word === "--compare" || word.startsWith("--compare=")) isCompared = true;
    else if (isCompared && models.includes(word)) continue;
    else {
      isCompared = false;
      kept.push(word);
    }
  }
  return kept;
}

/** The first of these that a model ended with; items that failed for one model and not for the other are some. */
const WORST_FIRST: readonly ExitCode[] = [
  ExitCode.interrupted,
  ExitCode.internal,
  ExitCode.cannotWrite,
  ExitCode.inputUnreadable,
  ExitCode.modelUnusable,
  ExitCode.limit,
];

/** The exit code of a try of all these models. */
export function exitCodeOfTry(models: readonly Pick<TriedModel, "exitCode">[]): ExitCode {
  const codes = models.map(({ exitCode }) => exitCode);
  const worst = WORST_FIRST.find((code) => codes.includes(code));
  if (worst !== undefined) return worst;
  if (codes.every((code) => code === ExitCode.allFailed)) return ExitCode.allFailed;
  return codes.every((code) => code === ExitCode.done) ? ExitCode.done : ExitCode.partial;
}
