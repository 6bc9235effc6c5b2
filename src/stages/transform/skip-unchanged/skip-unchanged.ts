import { access } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { LedgerEntry } from "../../../core/ledger.ts";
import { skip } from "../../../core/outcome.ts";
import { defineStep, type Step } from "../../../core/step.ts";
import type { Conversation } from "../../conversation.ts";

export interface SkipUnchangedOptions {
  /** The folder that the notes are loaded into, as it is given to the sink. */
  readonly folder: string;
}

/**
 * Skips conversations whose note is there and was made from the same content. A note that was deleted or moved is made
 * again; one that a person edited is still there, and stays as it is.
 */
export function skipUnchanged(options: SkipUnchangedOptions): Step<Conversation, Conversation> {
  const target = resolve(options.folder);
  return defineStep({
    name: "skip_unchanged",
    process: async (conversation: Conversation, { ledger }) => {
      const entry = ledger.find(target, `${conversation.provider}:${conversation.id}`);
      const isUnchanged = entry !== undefined && isDone(entry) && entry.contentHash === conversation.contentHash;
      return isUnchanged && (await exists(join(target, entry.path)))
        ? skip("unchanged since the last import")
        : conversation;
    },
  });
}

/** While a write is pending, the entry has the new content's hash and the file may still be the old one. */
const isDone = ({ outputHash, pendingHash }: LedgerEntry): boolean =>
  outputHash !== undefined && pendingHash === undefined;

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
