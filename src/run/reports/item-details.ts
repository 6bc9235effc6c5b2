import {
  PhaseManager,
  SessionManager,
  readFailure,
  readInFlight,
  type FailureFiles,
  type StepInFlight,
} from "../../core/session/index.ts";
import { isSessionLocked } from "../../stores/sqlite/reports/index.ts";
import type { ItemReport, ItemStep } from "../../core/storage/index.ts";
import { findItems, openItems } from "./find-items.ts";
import { reasonsWithoutPlace } from "./without-place.ts";

/** One step on an item's path; what is `undefined` has not happened yet. */
export interface StepOfItem {
  readonly step: string;
  /** The last time the item was in it. */
  readonly last: ItemStep | undefined;
  /** Times the item was in it: more than one after a retry. */
  readonly times: number;
  /** Set while the step is at work on the item, for more than 2 seconds. */
  readonly inFlight?: StepInFlight;
}

/** Everything that is known about one item. */
export interface ItemDetails {
  readonly item: ItemReport;
  /** The item's whole path through its phase. */
  readonly way: readonly StepOfItem[];
  /** The stored failure; also an earlier one, if a retry then succeeded. */
  readonly evidence: FailureFiles;
  /** Why a retry leaves it failed: the changed pipeline that the session went on with has no place for it. */
  readonly withoutPlace?: string;
  /** Where `evidence` is, whether there is any or not. */
  readonly evidenceFolder: string;
}

/**
 * Reports on one item, named by its id or by a part that only one id has; one result for each phase that has it. Throws
 * a `HoldfastError` (`usage`) with suggestions when the item is ambiguous.
 *
 * @example
 * ```ts
 * import { reportItem, runPipeline } from "holdfast";
 * import { importPipeline } from "holdfast/chats";
 *
 * const { session } = await runPipeline(importPipeline({ export: "examples/chatgpt-export", out: "notes" }));
 * const [details] = await reportItem(".holdfast", session.id, "95827f0b");
 * console.log(details?.item.status, details?.item.outputPath);
 * console.log(details?.way.map(({ step }) => step).slice(-3));
 * // prints: completed .../notes/Hive weights from a CSV file.md
 * // prints: [ 'merge_notes', 'check_quality', 'write_note' ]
 * ```
 */
export async function reportItem(workspace: string, id: string, text: string): Promise<readonly ItemDetails[]> {
  await using items = await openItems(workspace, id);
  const sessions = new SessionManager(workspace);
  const folder = sessions.folderOf(id);
  const withoutPlace = await reasonsWithoutPlace(items, await sessions.load(id));
  const phases = new PhaseManager(folder);
  const inFlight = isSessionLocked(folder) ? await readInFlight(folder) : undefined;
  const details: ItemDetails[] = [];
  for (const place of findItems(items, id, text)) {
    const item = items.item(place);
    if (item === undefined) continue;
    const evidenceFolder = item.failure?.folder ?? phases.failedFolderOf(place.phase, place.itemId);
    const evidence = await readFailure(evidenceFolder);
    const atWork = inFlight?.steps.find(({ phase, itemId }) => phase === place.phase && itemId === place.itemId);
    const way = wayOf(item, await stepNames(phases, place.phase)).map((each) =>
      atWork?.step === each.step ? { ...each, inFlight: atWork } : each,
    );
    const refused = withoutPlace(place);
    details.push({ item, way, evidence, evidenceFolder, ...(refused !== undefined && { withoutPlace: refused }) });
  }
  return details;
}

/** The steps of a phase after its source, as `phase.json` has them; none when it cannot be read. */
async function stepNames(phases: PhaseManager, phase: string): Promise<readonly string[]> {
  const saved = await phases.load(phase).catch(() => undefined);
  return saved ? [saved.stages.transform, saved.stages.load].flatMap(({ steps }) => steps.map(({ name }) => name)) : [];
}

function wayOf({ steps }: ItemReport, names: readonly string[]): readonly StepOfItem[] {
  const all = [...new Set([...names, ...steps.map(({ step }) => step)])];
  return all.map((name) => {
    const runs = steps.filter(({ step }) => step === name);
    return { step: name, last: runs.at(-1), times: runs.length };
  });
}
