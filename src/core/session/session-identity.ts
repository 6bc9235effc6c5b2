import type { JsonValue } from "../base/index.ts";

/** A folder as the file system knows it, and where it is. Numbers are texts: they may have 64 bits. */
export interface FolderPlace {
  /** Without links. */
  readonly path: string;
  readonly device: string;
  /** A folder that is moved on its disk keeps it; a copy gets another. */
  readonly inode: string;
  /** When the folder was made, in nanoseconds; 0 where the file system does not know. */
  readonly bornNs: string;
}

/**
 * Who a session is, for everything outside of its workspace: 128 random bits as 32 hex digits. Its readable id is unique
 * in its workspace only.
 */
export interface IdentityRecord {
  readonly identity: string;
  /** The session's folder when it ran last. */
  readonly place: FolderPlace;
}

/** The fact that keeps the record in the session's store. */
export const IDENTITY_FACT = "identity";

/**
 * Whether a session goes on as who it was. `unknown`: it has no identity yet, as one of an older version. `copied`: another
 * folder has, or may have, the same identity, so this one must not use it.
 */
export type IdentityVerdict = "unknown" | "same" | "copied";

/**
 * Judges a session that is about to run `here`. `there` is the folder at the recorded path, when a session with the same
 * identity is in it.
 */
export function judgeIdentity(
  record: IdentityRecord | undefined,
  { here, there }: { readonly here: FolderPlace; readonly there: FolderPlace | undefined },
): IdentityVerdict {
  if (record === undefined) return "unknown";
  if (there !== undefined && !isSameFolder(there, here)) return "copied";
  const { place } = record;
  // Restored from a backup, or on a file system that gives its folders new numbers.
  if (place.path === here.path) return "same";
  if (isSameFolder(place, here)) return "same";
  // A move between disks is a copy whose original is gone. On one disk it would have kept the folder's inode.
  return place.device === here.device ? "copied" : "same";
}

/** The number of a disk may change when the machine starts again; then the time of birth decides. */
const isSameFolder = (a: FolderPlace, b: FolderPlace): boolean =>
  a.inode === b.inode && (a.device === b.device || (a.bornNs === b.bornNs && a.bornNs !== "0"));

/** Whether the record has to be written again: it names another place. */
export const hasMoved = (record: IdentityRecord, here: FolderPlace): boolean =>
  PLACE_FIELDS.some((field) => record.place[field] !== here[field]);

/** Reads the fact. One that is damaged is none: the session gets a new identity, and is not refused for it. */
export function readIdentity(text: string | undefined): IdentityRecord | undefined {
  const value = text === undefined ? undefined : parsed(text);
  const identity = textIn(value, "identity");
  const place = typeof value === "object" && value !== null && "place" in value ? value["place"] : undefined;
  const [path, device, inode, bornNs] = PLACE_FIELDS.map((field) => textIn(place, field));
  if (identity === undefined || !IDENTITY.test(identity)) return undefined;
  if (path === undefined || device === undefined || inode === undefined || bornNs === undefined) return undefined;
  return { identity, place: { path, device, inode, bornNs } };
}

const PLACE_FIELDS = ["path", "device", "inode", "bornNs"] as const;
const IDENTITY = /^[0-9a-f]{32}$/;

function parsed(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}

function textIn(value: JsonValue | undefined, name: string): string | undefined {
  if (typeof value !== "object" || value === null || !(name in value)) return undefined;
  const found = (value as Readonly<Record<string, JsonValue>>)[name];
  return typeof found === "string" ? found : undefined;
}
