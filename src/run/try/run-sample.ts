import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { ItemStatus } from "../../core/base/index.ts";
import { NO_USAGE, type Usage } from "../../core/model/index.ts";
import type { AnyPipeline } from "../../core/pipeline/index.ts";
import type { SessionOutcome } from "../../core/runner/index.ts";
import { SessionManager } from "../../core/session/index.ts";
import { hasSessionStore, openItemReports } from "../../stores/sqlite/reports/index.ts";
import { configOf } from "../open-run.ts";
import { reportSession } from "../reports/index.ts";
import { runPipeline, type NewRunOptions } from "../run-pipeline.ts";
import { earlierWork, workOf, type ItemWork } from "./item-work.ts";
import { SAMPLE_FOLDER, sampleName, samplePipeline, type OutputText, type SampleInput } from "./sample-pipeline.ts";

export interface RunSampleOptions {
  readonly run: NewRunOptions;
  /** The ids of the sample's items. */
  readonly items: readonly string[];
  readonly outputText?: OutputText | undefined;
}

/** How an item of a sample ended. */
export interface TriedItem {
  readonly itemId: string;
  /** `undefined` when it was not begun. */
  readonly status: ItemStatus | undefined;
  readonly reason: string | undefined;
  readonly input: SampleInput | undefined;
  /** Absolute path of the whole output. */
  readonly outputFile: string | undefined;
  /** What it took in this session. */
  readonly work: ItemWork;
  /**
   * What it takes without cached answers: of an item whose answers were cached, what they took when they were made.
   * `undefined` when that is not known, and for an item that has not ended.
   */
  readonly measured: ItemWork | undefined;
}

/** One model's session over a sample. */
export interface SampleRun {
  readonly outcome: SessionOutcome;
  /** The folder with the inputs and outputs, as an absolute path. */
  readonly folder: string;
  readonly items: readonly TriedItem[];
  /** What all calls used, also those that were not of use. */
  readonly usage: Usage;
  /** The steps that called the model. */
  readonly callingSteps: readonly string[];
}

/**
 * Runs the sample in a session of its own and measures each item. Throws as `runPipeline` does, when the session could not
 * begin.
 */
export async function runSample(pipeline: AnyPipeline, options: RunSampleOptions): Promise<SampleRun> {
  const { run, items, outputText } = options;
  const { workspace } = configOf(run);
  const sessions = new SessionManager(workspace);
  const inputs = new Map<string, SampleInput>();
  let sessionFolder = "";
  const sample = samplePipeline(pipeline, {
    items,
    sessionFolder: () => sessionFolder,
    outputText,
    onInput: (input) => inputs.set(input.itemId, input),
  });
  const outcome = await runPipeline(sample, {
    ...run,
    onSession(session) {
      sessionFolder = sessions.folderOf(session.id);
      run.onSession?.(session);
    },
  });
  const { id } = outcome.session;
  const phase = pipeline.phases[0]?.name ?? "";
  const file = join(sessions.folderOf(id), "state.db");
  const model = run.model?.id ?? "extractive";
  const folder = join(sessions.folderOf(id), SAMPLE_FOLDER);
  const tried = hasSessionStore(file) ? await readItems(file, { items, phase, inputs, folder }) : [];
  const cached = tried.filter((item) => item.status !== undefined && item.work.cachedAnswers > 0);
  const earlier = await earlierWork(
    cached.map(({ itemId }) => itemId),
    { workspace, model, pipeline: pipeline.name, phase, except: id },
  );
  const { usage, steps } = tried.length === 0 ? { usage: NO_USAGE, steps: [] } : await reportSession(workspace, id);
  return {
    outcome,
    folder,
    usage,
    callingSteps: steps.flatMap(({ step, usage }) => (usage && usage.calls > 0 ? [step] : [])),
    items: tried.map((item) => ({ ...item, measured: measuredOf(item, earlier.get(item.itemId)) })),
  };
}

/** Answers that are cached took nothing this time. */
function measuredOf(
  { status, work }: Omit<TriedItem, "measured">,
  earlier: ItemWork | undefined,
): ItemWork | undefined {
  if (status === undefined || status === "pending" || status === "processing") return undefined;
  return work.cachedAnswers === 0 ? work : earlier;
}

interface ReadItemsOptions {
  readonly items: readonly string[];
  readonly phase: string;
  readonly inputs: ReadonlyMap<string, SampleInput>;
  readonly folder: string;
}

async function readItems(
  file: string,
  { items, phase, inputs, folder }: ReadItemsOptions,
): Promise<readonly Omit<TriedItem, "measured">[]> {
  await using reports = openItemReports(file);
  const written = existsSync(folder) ? readdirSync(folder).toSorted() : [];
  return items.map((itemId) => {
    const found = reports.item({ phase, itemId });
    // What a step fanned out, and no step collected, has a file for each part.
    const part = written.find((name) => name.startsWith(`${sampleName(items, itemId)}.output.`));
    const path = found?.outputPath ?? (part && join(folder, part));
    return {
      itemId,
      status: found?.status,
      reason: found?.reason ?? found?.failure?.message,
      input: inputs.get(itemId),
      outputFile: path !== undefined && existsSync(path) ? path : undefined,
      work: workOf(reports, { phase, itemId }),
    };
  });
}
