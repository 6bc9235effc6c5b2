import { randomBytes } from "node:crypto";
import { realpathSync, statSync } from "node:fs";
import { join } from "node:path";
import {
  ENGINE_FACT,
  hasMoved,
  IDENTITY_FACT,
  judgeIdentity,
  LOCAL_ENGINE,
  readIdentity,
  type FolderPlace,
  type IdentityRecord,
} from "../core/session/index.ts";
import type { SessionStore } from "../core/storage/index.ts";
import { hasSessionStore, openSessionReports } from "../stores/sqlite/reports/index.ts";

export interface EstablishOptions {
  /** The session's folder. */
  readonly folder: string;
  readonly say: (message: string) => void;
}

/**
 * Who the session is from here on, durably, before anything goes out in its name. A new session and one of an older
 * version get an identity; a copy of a session gets one of its own.
 */
export async function establishIdentity(store: SessionStore, { folder, say }: EstablishOptions): Promise<string> {
  const record = readIdentity(store.getFact(IDENTITY_FACT));
  const here = placeOf(folder);
  const isElsewhere = record !== undefined && record.place.path !== here.path;
  const there = isElsewhere ? await sameIdentityAt(record) : undefined;
  switch (judgeIdentity(record, { here, there })) {
    case "same":
      if (record === undefined) break;
      if (hasMoved(record, here)) await keep(store, { ...record, place: here });
      return record.identity;
    case "copied":
      say(
        `This session is a copy of the one that ran in ${JSON.stringify(record?.place.path)}. From here on it is a session of its own: calls that were under way there when it was copied are made again, under keys of their own.`,
      );
      // The jobs in a queue are the other one's.
      await keepLocal(store);
      break;
    case "unknown":
      break;
  }
  const identity = newIdentity();
  await keep(store, { identity, place: here });
  return identity;
}

/** Who a session is in a queue, for one that will not run again; `undefined` when it is a copy, and has nothing there. */
export async function identityOf(facts: Pick<SessionStore, "getFact">, folder: string): Promise<string | undefined> {
  const record = readIdentity(facts.getFact(IDENTITY_FACT));
  if (record === undefined) return undefined;
  const here = placeOf(folder);
  const there = record.place.path === here.path ? undefined : await sameIdentityAt(record);
  return judgeIdentity(record, { here, there }) === "same" ? record.identity : undefined;
}

const newIdentity = (): string => randomBytes(16).toString("hex");

const keep = (store: SessionStore, record: IdentityRecord): Promise<void> =>
  store.setFact(IDENTITY_FACT, JSON.stringify(record));

async function keepLocal(store: SessionStore): Promise<void> {
  const engine = store.getFact(ENGINE_FACT);
  if (engine === undefined) return;
  const record = JSON.parse(engine) as object;
  await store.setFact(ENGINE_FACT, JSON.stringify({ ...record, name: LOCAL_ENGINE }));
}

/** The folder at the recorded path, when a session that claims the same identity is in it. */
async function sameIdentityAt({ identity, place }: IdentityRecord): Promise<FolderPlace | undefined> {
  try {
    const file = join(place.path, "state.db");
    if (!hasSessionStore(file)) return undefined;
    await using reports = openSessionReports(file);
    return readIdentity(reports.getFact(IDENTITY_FACT))?.identity === identity ? placeOf(place.path) : undefined;
  } catch {
    // What cannot be read is no session that could run.
    return undefined;
  }
}

function placeOf(folder: string): FolderPlace {
  const { dev, ino, birthtimeNs } = statSync(folder, { bigint: true });
  return { path: realpathSync(folder), device: String(dev), inode: String(ino), bornNs: String(birthtimeNs) };
}
