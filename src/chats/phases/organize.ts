import { PhaseType } from "../../core/base/index.ts";
import { definePipeline, type Pipeline } from "../../core/pipeline/index.ts";
import { readNotes } from "../extract/notes/index.ts";
import { OnConflict, previewVault, writeVault, type PlannedMove, type VaultOptions } from "../load/vault/index.ts";
import { classify, type OrganizeSettings } from "../transform/classify/index.ts";

/** What {@link organizePipeline} sorts, by which rules, and where to. */
export interface OrganizeOptions {
  /** The folder that the notes are in, with its sub-folders. */
  readonly folder: string;
  /** The folder that they are sorted into. It may be inside `folder`, around it, or the same. */
  readonly vault: string;
  /** Rules, genres and the form of the vault. */
  readonly settings?: OrganizeSettings;
  /** Whether notes leave the folder. @default "move" */
  readonly kind?: "move" | "copy";
  /** What happens to a note whose place is taken. @default "skip" */
  readonly onConflict?: OnConflict;
}

/** The defaults for where notes go. */
const DEFAULT_FOLDERS = { folders: "{genre}/{topic}", unclassified: "unclassified" } as const;

/**
 * The pipeline that sorts notes into the folders of a vault, by genre and topic. `workspace` is the folder of the
 * workspace that the session is run in: each move is recorded there, so that it can be undone.
 *
 * @example
 * ```ts
 * import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
 * import { runPipeline } from "holdfast";
 * import { organizePipeline } from "holdfast/chats";
 *
 * mkdirSync("notes");
 * writeFileSync("notes/Dough.md", "---\ntags: [bread]\n---\n\nFlour, water, salt.\n");
 * const rules = [{ genre: "cooking", topic: "baking", when: { tags: "bread" } }];
 * const pipeline = organizePipeline({ folder: "notes", vault: "vault", settings: { rules }, workspace: ".holdfast" });
 * await runPipeline(pipeline, { workspace: ".holdfast" });
 * console.log(readdirSync("vault/cooking/baking"), readdirSync("notes"));
 * // prints: [ 'Dough.md' ] []
 * ```
 */
export function organizePipeline(options: OrganizeOptions & { readonly workspace: string }): Pipeline<"organize"> {
  const { folder, vault, settings = {}, workspace } = options;
  return definePipeline("organize").phase(PhaseType.organize, (phase) =>
    phase
      .extract(readNotes(folder, { except: vault }))
      .transform(classify(settings))
      .load(writeVault(vault, { ...vaultOptions(options), workspace })),
  );
}

/**
 * The same pipeline as a preview: it reports what would be done with each note, and changes nothing.
 *
 * @example
 * ```ts
 * import { mkdirSync, writeFileSync } from "node:fs";
 * import { runPipeline } from "holdfast";
 * import { previewOrganizePipeline } from "holdfast/chats";
 *
 * mkdirSync("notes");
 * writeFileSync("notes/Dough.md", "---\ntags: [bread]\n---\n\nFlour, water, salt.\n");
 * const rules = [{ genre: "cooking", when: { tags: "bread" } }];
 * const options = { folder: "notes", vault: "vault", settings: { rules } };
 * await runPipeline(previewOrganizePipeline(options, ({ path, kind, to }) => console.log(`${kind} ${path} to ${to}`)));
 * // prints: move Dough.md to cooking/Dough.md
 * ```
 */
export function previewOrganizePipeline(
  options: OrganizeOptions,
  onPlan: (move: PlannedMove) => void,
): Pipeline<"preview"> {
  const { folder, vault, settings = {} } = options;
  // The pipeline's name is a part of a cached answer's key: answers of the preview are not paid for again.
  return definePipeline("organize").phase("preview", (phase) =>
    phase
      .extract(readNotes(folder, { except: vault }))
      .transform(classify(settings))
      .load(previewVault(vault, vaultOptions(options), onPlan)),
  );
}

function vaultOptions({
  folder,
  settings,
  kind = "move",
  onConflict = OnConflict.skip,
}: OrganizeOptions): VaultOptions {
  return { ...DEFAULT_FOLDERS, ...settings, folder, kind, onConflict };
}
