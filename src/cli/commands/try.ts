import { resolve } from "node:path";
import { Command } from "commander";
import { resolveConfig, type AnyPipeline } from "../../core/pipeline/index.ts";
import { isCatching } from "../../core/runner/index.ts";
import { importPipeline } from "../../chats/phases/index.ts";
import { chooseSample, surveyItems, type Survey } from "../../run/try/index.ts";
import { toImportOptions } from "../flags/import-flags.ts";
import { loadPipeline } from "../flags/load-pipeline.ts";
import { settle, type Settled } from "../flags/settings.ts";
import { storeOptions, type StoredImport } from "../flags/stored-options.ts";
import {
  addTryFlags,
  assertTryFlags,
  DEFAULT_MAX_TOKENS,
  DEFAULT_SAMPLE,
  isPipelineFile,
  outOf,
  SHOW_IDS,
  usage,
  withoutEngine,
  type TryFlags,
} from "../flags/try-flags.ts";
import { trySample } from "../flags/try-sample.ts";
import { ExitCode, type SetExitCode } from "../terminal/exit-code.ts";
import { print, printAside } from "../terminal/print.ts";
import { leaveUncaughtToRun, printLast } from "../terminal/process-end.ts";
import { controlBySignals } from "../terminal/signals.ts";
import { terminalText } from "../text/escape/terminal-text.ts";
import { atWorkspace } from "../text/at-workspace.ts";
import { sameCommand } from "../text/next/same-command.ts";
import { countOf, formatCount } from "../text/report-text.ts";
import { openStatusLine } from "../text/status-line.ts";
import { tryText } from "../text/try-text.ts";
import { modelsToTry, tryModels, type ModelToTry, type TryAll } from "./try-models.ts";
import { exitCodeOfTry, reportTry } from "./report-try.ts";

const EXAMPLES = `
Examples:
  $ holdfast try chatgpt.zip --llm openai:gpt-5-mini                     5 chats: what comes out, and what all would cost
  $ holdfast try chatgpt.zip --sample 8 --compare ollama:qwen3 openai:gpt-5-mini    the same chats, two models side by side
  $ holdfast try summaries.ts --sample 3 --llm ollama:llama3.2           a pipeline's steps; it loads nothing
  $ holdfast try chatgpt.zip --items chatgpt:0f3c,chatgpt:77a1 --llm ollama:qwen3

The sample is spread over all sizes: the items are put in order of size and cut into as many groups as there are samples,
and the middle one of each is taken. Nothing is written to --out or by the pipeline's sink: inputs and outputs are files in
the folder of the session, one session a model. Answers are kept, so that the run that follows does not pay for them again.
A try stops at ${formatCount(DEFAULT_MAX_TOKENS)} tokens, all its models together; --max-tokens or --max-cost sets another limit.
What is tried comes before --compare.`;

/** `holdfast try <export|pipeline>` */
export function tryCommand(exit: SetExitCode): Command {
  return addTryFlags(new Command("try"))
    .description("try a model, or several, on a sample: what comes out, and what the whole would take and cost")
    .addHelpText("after", EXAMPLES)
    .action(async (what: string | undefined, given: TryFlags) => exit(await tryIt(assertTryFlags(what, given), given)));
}

/** What is tried. */
interface Tried {
  readonly pipeline: AnyPipeline;
  /** Absent for a pipeline's file. */
  readonly importing?: StoredImport;
}

async function tryIt(what: string, given: TryFlags): Promise<ExitCode> {
  const startedAt = performance.now();
  const flags = withoutEngine(await settle(given)) as Settled<TryFlags>;
  const tried = await open(what, flags);
  const models = await modelsToTry(flags, flags.compare);
  const { workspace } = resolveConfig(flags.workspace === undefined ? {} : { workspace: flags.workspace });
  const line = openStatusLine({ stream: process.stderr, env: process.env });
  const say = (message: string): void => line.say(message);
  if (flags.configPath !== undefined) say(`Settings: ${flags.configPath}`);
  const again = (): string => sameCommand({ argv: process.argv });
  using signals = controlBySignals(say, again);
  leaveUncaughtToRun(isCatching);
  // Keeps the process alive while a step waits without a handle in the event loop.
  const alive = setInterval(() => {}, 60_000);
  try {
    const survey = await look(tried, { flags, models, line, signal: signals.control.drain });
    const items = sampleOf(survey, flags, say);
    if (!tried.importing) say("The steps are run as they are; the sink is not, so nothing is loaded.");
    const all: TryAll = {
      ...tried,
      survey,
      items,
      outputText: trySample(items, () => "", tried.importing).outputText,
      ...(!tried.importing && { pipelinePath: resolve(what) }),
      sessionOptions: (own) =>
        storeOptions(own, undefined, undefined, { items, ...(tried.importing && { import: tried.importing }) }),
      isCompared: flags.compare !== undefined,
      control: signals.control,
      end(message) {
        line.done();
        printLast(terminalText(message), `Answers that were paid for are kept. Run \`${again()}\` to try again.`);
      },
      startedAt,
    };
    const done = await tryModels(models, all);
    const report = reportTry({ what, all, models: done, flags, argv: process.argv });
    const text = tryText(report, { width: process.stdout.columns ?? 100, at: atWorkspace(workspace) });
    if (flags.json) {
      print(JSON.stringify(report, undefined, 2));
      printAside(text);
    } else print(text);
    return exitCodeOfTry(done);
  } catch (error) {
    if (signals.control.cause?.kind !== "user") throw error;
    say("Stopped before the try began. Nothing was changed.");
    return ExitCode.interrupted;
  } finally {
    clearInterval(alive);
    line.done();
    for (const { options } of models) await options.model?.close?.();
  }
}

async function open(what: string, flags: Settled<TryFlags>): Promise<Tried> {
  if (isPipelineFile(what)) return { pipeline: await loadPipeline(what) };
  const importing = toImportOptions(what, { ...flags, out: outOf(flags) }, "import");
  return { pipeline: importPipeline(importing), importing };
}

interface LookOptions {
  readonly flags: TryFlags;
  readonly models: readonly ModelToTry[];
  readonly line: ReturnType<typeof openStatusLine>;
  readonly signal: AbortSignal;
}

async function look({ pipeline, importing }: Tried, { flags, models, line, signal }: LookOptions): Promise<Survey> {
  const { workspace, cache } = flags;
  const survey = await surveyItems(pipeline, {
    models: models.flatMap(({ options }) => options.model ?? []),
    // The steps of somebody's pipeline may do anything: they are run for the sample alone.
    dryRun: importing !== undefined,
    signal,
    onElement: (looked, total) =>
      line.draw(() => `read ${formatCount(looked)}${total === undefined ? "" : ` of ${formatCount(total)}`}`),
    ...(workspace !== undefined && { workspace }),
    ...(cache !== undefined && { useCache: cache }),
  });
  line.done();
  if (survey.items.length > 0) return survey;
  const [first] = survey.ends;
  const why =
    first === undefined
      ? ""
      : ` Of ${countOf(survey.elements, "element")}, ${formatCount(first.count)} ${first.count === 1 ? "is" : "are"} left out: ${first.reason}.`;
  throw usage(`There is no item to try.${why}`, "Nothing was changed, and no model was called.");
}

/** The ids of the sample. */
function sampleOf(
  survey: Survey,
  { sample, seed, items: named }: TryFlags,
  say: (message: string) => void,
): readonly string[] {
  if (named) return named.map((id) => idIn(survey, id));
  const count = sample ?? DEFAULT_SAMPLE;
  if (sample !== undefined && sample > survey.items.length) {
    const all =
      survey.items.length === 1
        ? "is only 1 item to do, which is"
        : `are only ${formatCount(survey.items.length)} items to do: all of them are`;
    say(`There ${all} tried.`);
  }
  const sizes = survey.items.map(({ size }) => size);
  return chooseSample(sizes, { count, seed }).flatMap((place) => survey.items[place]?.itemId ?? []);
}

/** An item by its id, or by a part that only one id has. */
function idIn({ items }: Survey, text: string): string {
  if (items.some(({ itemId }) => itemId === text)) return text;
  const found = items.filter(({ itemId }) => itemId.includes(text)).map(({ itemId }) => itemId);
  const [first, ...others] = found;
  if (first !== undefined && others.length === 0) return first;
  if (first === undefined) throw usage(`--items: there is no item ${JSON.stringify(text)} to do.`, SHOW_IDS);
  throw usage(
    `--items: ${JSON.stringify(text)} may be one of several items: ${found.slice(0, 5).join(", ")}.`,
    SHOW_IDS,
  );
}
