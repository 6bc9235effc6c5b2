import { foldPath } from "../../core/files/index.ts";
import { noLeases, type Ledger, type LedgerEntry } from "../../core/storage/index.ts";
import { memoryCache } from "./memory-cache.ts";
import type { HeldLeases } from "./sqlite-leases.ts";
import type { Workspace, WorkspaceOptions } from "./workspace.ts";

/** A workspace that lasts as long as the process: for tests, and for programs that keep no workspace. */
export function memoryWorkspace({ now = Date.now }: WorkspaceOptions = {}): Workspace {
  return {
    ledger: memoryLedger(),
    cache: memoryCache(now),
    openLeases: () => memoryLeases,
    close: () => {},
    [Symbol.asyncDispose]: async () => {},
  };
}

/** No other process has this cache. */
export const memoryLeases: HeldLeases = { ...noLeases, [Symbol.dispose]: () => {} };

function memoryLedger(): Ledger {
  const entries = new Map<string, LedgerEntry>();
  const owners = new Map<string, string>();
  return {
    find: (target, sourceId) => entries.get(keyOf(target, sourceId)),
    placesOf: (sourceId) => [...entries.values()].filter((entry) => entry.sourceId === sourceId),
    ownerOf: (target, path) => owners.get(keyOf(target, foldPath(path))),
    intend(intent) {
      const { load, ...rest } = intent;
      const { target, sourceId, path } = rest;
      const place = keyOf(target, foldPath(path));
      if ((owners.get(place) ?? sourceId) !== sourceId) return false;
      const before = entries.get(keyOf(target, sourceId));
      if (before) owners.delete(keyOf(target, foldPath(before.path)));
      owners.set(place, sourceId);
      const outputHash = before?.path === path ? before.outputHash : undefined;
      entries.set(keyOf(target, sourceId), {
        ...rest,
        ...(outputHash !== undefined && { outputHash }),
        ...(load && { load }),
      });
      return true;
    },
    confirm(target, sourceId, foundHash) {
      const entry = entries.get(keyOf(target, sourceId));
      const outputHash = foundHash ?? entry?.pendingHash;
      if (entry === undefined || outputHash === undefined) return;
      const { pendingHash: _confirmed, ...rest } = entry;
      entries.set(keyOf(target, sourceId), { ...rest, outputHash });
    },
    keep(target, sourceId, keptHash) {
      const entry = entries.get(keyOf(target, sourceId));
      if (entry) entries.set(keyOf(target, sourceId), { ...entry, keptHash });
    },
  };
}

/** JSON, so that no pair of names gives the key of another pair. */
const keyOf = (...names: readonly [string, string]): string => JSON.stringify(names);
