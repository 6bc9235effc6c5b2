import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { writeFileAtomic, makeFolder, safeName, type CrashPointOptions } from "../files/index.ts";
import { messageOf, HoldfastError, errnoOf } from "../failure/index.ts";
import { parsePhase, type Phase, serializePhase, validatePhaseName } from "./phase.ts";

const PHASE_FILE = "phase.json";

/** The folders of a phase, as absolute paths. */
export interface PhaseFolders {
  readonly root: string;
  readonly extractInput: string;
  readonly extractOutput: string;
  readonly transformOutput: string;
  readonly loadOutput: string;
  readonly failed: string;
}

/**
 * The phases of a session, one folder each, with `phase.json` and a folder per stage. Every method that takes a name
 * throws a `HoldfastError` (`pipeline_invalid`) before it touches the disk when the name could not be a phase's.
 */
export class PhaseManager {
  readonly #sessionFolder: string;

  constructor(sessionFolder: string) {
    this.#sessionFolder = resolve(sessionFolder);
  }

  /** Where the parts of a phase are, whether they exist or not. */
  foldersOf(name: string): PhaseFolders {
    const root = join(this.#sessionFolder, validatePhaseName(name));
    return {
      root,
      extractInput: join(root, "extract", "input"),
      extractOutput: join(root, "extract", "output"),
      transformOutput: join(root, "transform", "output"),
      loadOutput: join(root, "load", "output"),
      failed: join(root, "failed"),
    };
  }

  /** The folder with everything about a failed item; its name is derived from the id and safe for any id. */
  failedFolderOf(name: string, itemId: string): string {
    return join(this.foldersOf(name).failed, safeName(itemId));
  }

  /** Creates the phase's folders that are missing, then writes `phase.json`. */
  async create(phase: Phase): Promise<void> {
    const { root: _, ...folders } = this.foldersOf(phase.name);
    for (const folder of Object.values(folders)) await makeFolder(folder);
    await this.save(phase);
  }

  /** Writes `phase.json`, durably. The phase's folder must exist. */
  async save(phase: Phase, passes: CrashPointOptions = {}): Promise<void> {
    await writeFileAtomic(this.#fileOf(phase.name), serializePhase(phase), { what: "phase-file", passes });
  }

  /** The phase as last saved; `undefined` when it never was. Throws a `HoldfastError`: `session_damaged`, `input_unreadable`. */
  async load(name: string): Promise<Phase | undefined> {
    const file = this.#fileOf(name);
    const text = await readIfThere(file);
    return text === undefined ? undefined : parsePhase(text, file);
  }

  /** Whether the phase was ever saved. */
  async exists(name: string): Promise<boolean> {
    return (await readIfThere(this.#fileOf(name))) !== undefined;
  }

  #fileOf(name: string): string {
    return join(this.foldersOf(name).root, PHASE_FILE);
  }
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    if (errnoOf(cause) === "ENOENT") return undefined;
    throw new HoldfastError("input_unreadable", `Could not read ${JSON.stringify(file)}: ${messageOf(cause)}.`, {
      cause,
      hint: "Give yourself read permission for it.",
    });
  }
}
