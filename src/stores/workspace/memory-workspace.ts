import { foldPath } from "../../core/fold-path.ts";
import type { AnswerCache } from "../../core/cache.ts";
import type { Ledger, LedgerEntry } from "../../core/ledger.ts";
import type { Workspace } from "./workspace.ts";

/** A workspace that lasts as long as the process: for tests, and for programs that keep no workspace. */
export function memoryWorkspace(): Workspace {
  return {
    ledger: memoryLedger(),
    cache: memoryCache(),
    close: () => {},
    [Symbol.asyncDispose]: async () => {},
  };
}

function memoryLedger(): Ledger {
  const entries = new Map<string, LedgerEntry>();
  const owners = new Map<string, string>();
  return {
    find: (target, sourceId) => entries.get(keyOf(target, sourceId)),
    ownerOf: (target, path) => owners.get(keyOf(target, foldPath(path))),
    intend(intent) {
      const { target, sourceId, path } = intent;
      const place = keyOf(target, foldPath(path));
      if ((owners.get(place) ?? sourceId) !== sourceId) return false;
      const before = entries.get(keyOf(target, sourceId));
      if (before) owners.delete(keyOf(target, foldPath(before.path)));
      owners.set(place, sourceId);
      const outputHash = before?.path === path ? before.outputHash : undefined;
      entries.set(keyOf(target, sourceId), { ...intent, ...(outputHash !== undefined && { outputHash }) });
      return true;
    },
    confirm(target, sourceId) {
      const entry = entries.get(keyOf(target, sourceId));
      if (entry?.pendingHash === undefined) return;
      const { pendingHash: outputHash, ...rest } = entry;
      entries.set(keyOf(target, sourceId), { ...rest, outputHash });
    },
  };
}

function memoryCache(): AnswerCache {
  const outputs = new Map<string, string>();
  return {
    get: (key) => outputs.get(key),
    set: (key, _step, output) => void outputs.set(key, output),
  };
}

/** JSON, so that no pair of names gives the key of another pair. */
const keyOf = (...names: readonly [string, string]): string => JSON.stringify(names);
