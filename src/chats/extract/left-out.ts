import { HoldfastError } from "../../core/failure/index.ts";
import type { BrokenElement, SkippedElement } from "../../core/pipeline/index.ts";
import { type ExportFile, type ExportFiles, type LeftOut, notImported } from "./export-files/index.ts";
import type { ExportSurvey, OtherFile } from "./export-survey.ts";

/** Records of what is in an export and not read: skipped, or broken if chats may be lost. */
export function leftOutRecords(
  { leftOut }: ExportFiles,
  { otherFiles }: ExportSurvey,
): readonly (SkippedElement | BrokenElement)[] {
  const all = [...leftOut, ...[...otherFiles].map(([file, other]) => leftOutOf(file, other))];
  const broken = all.flatMap((part) => (part.kind === "damaged" ? [damaged(part)] : []));
  const others = all.flatMap((part) => (part.kind === "other" ? [part] : []));
  return [...skippedByReason(others), ...broken];
}

function leftOutOf(file: ExportFile, { holds, found, damage }: OtherFile): LeftOut {
  const { name, path } = file;
  if (damage !== undefined) {
    const message = `${name} holds no chats that can be read: its first element ${damage}. The other files are not affected.`;
    return { kind: "damaged", name, path, error: new HoldfastError("input_malformed", message, { hint: HINT }) };
  }
  return {
    kind: "other",
    path,
    reason: holds === undefined ? `left alone: ${name} holds no chats, found ${found}` : notImported(holds),
  };
}

const HINT = "If there should be chats in it, download the export again.";

const damaged = ({ name, path, error }: Extract<LeftOut, { kind: "damaged" }>): BrokenElement => ({
  kind: "broken",
  itemId: name,
  sourcePath: path,
  error,
});

/** In a folder of downloads there may be thousands. */
const MAX_TOLD = 15;

/** One record for all with the same reason: a hundred projects are reported once. */
function skippedByReason(others: readonly Extract<LeftOut, { kind: "other" }>[]): readonly SkippedElement[] {
  const firstOf = new Map<string, string>();
  for (const { reason, path } of others) if (!firstOf.has(reason)) firstOf.set(reason, path);
  const told = [...firstOf].slice(0, MAX_TOLD);
  const [more] = [...firstOf.values()].slice(MAX_TOLD);
  if (more !== undefined) told.push([`left alone: ${firstOf.size - MAX_TOLD} other files that hold no chats`, more]);
  return told.map(([reason, path]) => ({ kind: "skipped", itemId: `(${reason})`, sourcePath: path, reason }));
}
