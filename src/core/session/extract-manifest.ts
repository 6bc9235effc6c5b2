import { existsSync } from "node:fs";
import { join } from "node:path";
import { writeFileAtomic, makeFolder } from "../files/index.ts";
import { countItems } from "./item-counts.ts";
import type { PhaseFolders } from "./phase-manager.ts";
import type { SourceInput } from "../pipeline/index.ts";
import type { SessionStore } from "../storage/index.ts";

const INPUTS_FILE = "inputs.json";

/** Records what a phase reads in `extract/input/inputs.json`, by reference, since inputs may be gigabytes. */
export async function writeInputs({ extractInput }: PhaseFolders, inputs: readonly SourceInput[]): Promise<void> {
  await makeFolder(extractInput);
  await writeFileAtomic(join(extractInput, INPUTS_FILE), `${JSON.stringify(inputs, undefined, 2)}\n`, {
    what: "inputs",
  });
}

/** Whether `inputs.json` is there: a session may have been cut off before. */
export const hasInputs = ({ extractInput }: PhaseFolders): boolean => existsSync(join(extractInput, INPUTS_FILE));

/** Writes `extract/output/manifest.json`: that the source was read to its end, and how many items that gave. */
export async function writeManifest(
  { extractOutput }: PhaseFolders,
  store: SessionStore,
  phase: string,
): Promise<void> {
  const manifest = { items: countItems(store.counts(phase)) };
  await writeFileAtomic(join(extractOutput, "manifest.json"), `${JSON.stringify(manifest, undefined, 2)}\n`, {
    what: "manifest",
  });
}
