import { existsSync } from "node:fs";
import { HoldfastError } from "../../core/failure/index.ts";
import { resolveConfig, type AnyPipeline } from "../../core/pipeline/index.ts";
import { SessionManager, type Session } from "../../core/session/index.ts";
import { loadConfig } from "../../config/index.ts";
import type { Model } from "../../core/model/index.ts";
import { importPipeline } from "../../chats/phases/index.ts";
import { refuseIdleAddress } from "./choose-model.ts";
import { loadPipeline } from "./load-pipeline.ts";
import { samplePipeline } from "../../run/try/index.ts";
import { trySample } from "./try-sample.ts";
import { remakeOrganize } from "./stored-organize.ts";
import type { RunFlags } from "./run-flags.ts";
import { mergeFlags, readStoredOptions, type StoredOptions } from "./stored-options.ts";

/** A session that a command continues. */
export interface OpenedSession {
  readonly session: Session;
  readonly pipeline: AnyPipeline;
  /** The flags of this command, merged over the session's stored ones. */
  readonly flags: RunFlags;
  /** Where notes go, for a session of `holdfast import`. */
  readonly out: string | undefined;
}

/** The folder that only one session may write to at a time: where notes go. */
export const exclusiveFolderOf = (out: string | undefined): { readonly exclusiveFolder?: string } =>
  out === undefined ? {} : { exclusiveFolder: out };

/**
 * Opens a session by its id alone: its pipeline is created again from its stored options, in the folder where it
 * started. `changes` override the stored options of an import.
 */
export async function openSessionPipeline(
  id: string,
  given: RunFlags,
  changes: Partial<NonNullable<StoredOptions["import"]>> = {},
): Promise<OpenedSession> {
  const { workspace } = resolveConfig(given.workspace === undefined ? {} : { workspace: given.workspace });
  const session = await new SessionManager(workspace).load(id);
  const stored = readStoredOptions(session);
  enter(stored.cwd, session.id);
  const merged = mergeFlags(stored, given);
  const model = given.llm === undefined ? await modelOf(stored, session.id) : undefined;
  refuseIdleAddress(given, { llm: merged.llm, model });
  const flags = { ...merged, workspace, ...(model && { model }) };
  if (stored.import) {
    return { session, flags, pipeline: importPipeline({ ...stored.import, ...changes }), out: stored.import.out };
  }
  if (stored.organize) {
    const pipeline = remakeOrganize(stored.organize, workspace);
    return { session, flags, pipeline, out: stored.organize.vault };
  }
  if (stored.try) {
    const { import: importing, items } = stored.try;
    const whole = importing ? importPipeline({ ...importing, ...changes }) : await loadPipelineOf(pathOf(session));
    const sessionFolder = new SessionManager(workspace).folderOf(id);
    return {
      session,
      flags,
      pipeline: samplePipeline(
        whole,
        trySample(items, () => sessionFolder, importing),
      ),
      out: undefined,
    };
  }
  return { session, flags, pipeline: await loadPipelineOf(pathOf(session)), out: undefined };
}

function pathOf({ id, pipeline: { path } }: Session): string {
  if (path === null) {
    throw new HoldfastError("usage", `Session ${id} does not record which file its pipeline is in.`, {
      hint: "Go on with it in the program that started it: resumeSession(id, pipeline), or retryFailed(id, pipeline) for what failed.",
    });
  }
  return path;
}

/** The model object that the session began with, made again by its configuration file. */
async function modelOf({ model: began }: StoredOptions, id: string): Promise<Model | undefined> {
  if (began === undefined) return undefined;
  const isGone = !existsSync(began.config);
  const { config } = isGone ? { config: {} } : await loadConfig({ startFolder: process.cwd(), file: began.config });
  if (config.model?.id === began.id) return config.model;
  const has = `has ${config.model === undefined ? "no model of its own" : config.model.id} now`;
  throw new HoldfastError(
    "usage",
    `Session ${id} began with the model ${began.id} of ${JSON.stringify(began.config)}, which ${isGone ? "is gone" : has}.`,
    {
      hint: `Nothing was changed. Put ${began.id} back into that file, or go on with a model by its name: --llm <model>.`,
    },
  );
}

/** The pipeline that the session began with. Without its file the session can only wait. */
async function loadPipelineOf(path: string): Promise<AnyPipeline> {
  if (existsSync(path)) return loadPipeline(path);
  throw new HoldfastError("input_unreadable", `The file of the session's pipeline is gone: ${JSON.stringify(path)}.`, {
    hint: "Nothing was changed. Put the file back, then run the same command.",
  });
}

function enter(folder: string, id: string): void {
  try {
    process.chdir(folder);
  } catch (cause) {
    throw new HoldfastError(
      "input_unreadable",
      `Session ${id} started in ${JSON.stringify(folder)}, which no longer exists.`,
      {
        cause,
        hint: "Restore the folder: the pipeline's relative paths start there.",
      },
    );
  }
}
