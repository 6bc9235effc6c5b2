import { relative, resolve, sep } from "node:path";
import { foldPath } from "../../../core/files/index.ts";
import type { Ledger, LedgerEntry } from "../../../core/storage/index.ts";
import { readFrontMatter } from "../../../stages/note/front-matter/index.ts";
import { siblingId } from "../../../stages/load/markdown/index.ts";

/** The ledger's entry of a note's file: under the id in its front matter, or as the newer version beside a note. */
export function entryOfFile(file: string, text: string, ledger: Ledger): LedgerEntry | undefined {
  const found = readFrontMatter(text);
  const id = found.state === "read" ? found.values["source_id"] : undefined;
  if (typeof id !== "string") return undefined;
  return [id, siblingId(id)]
    .flatMap((sourceId) => ledger.placesOf(sourceId))
    .find(({ target, path }) => foldPath(resolve(target, path)) === foldPath(file));
}

/** A note's file before and after it was moved. */
export interface FollowedFile {
  readonly to: string;
  readonly hashBefore: string;
  readonly hashAfter: string;
}

/**
 * Records in the ledger where a note went, so that the next import updates it there. An edited file counts as edited at
 * its new place too. It is idempotent.
 */
export function followNote(entry: LedgerEntry, { to, hashBefore, hashAfter }: FollowedFile, ledger: Ledger): void {
  const { target, sourceId, contentHash, outputHash, pendingHash, keptHash, load } = entry;
  const isOurs = hashBefore === outputHash || hashBefore === pendingHash;
  const path = relative(target, to).replaceAll(sep, "/");
  const written = isOurs ? hashAfter : (outputHash ?? pendingHash ?? "");
  if (!ledger.intend({ target, sourceId, contentHash, path, pendingHash: written, load })) return;
  ledger.confirm(target, sourceId);
  if (keptHash !== undefined) ledger.keep(target, sourceId, keptHash);
}
