import { parseJsonFile } from "../files/index.ts";

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
  if (text === undefined) return undefined;
  try {
    const record = parseJsonFile(text, IDENTITY_FACT);
    const [identity, place] = [record.field("identity").text(), record.field("place")];
    if (!IDENTITY.test(identity)) return undefined;
    const textOf = (name: keyof FolderPlace): string => place.field(name).text();
    return {
      identity,
      place: { path: textOf("path"), device: textOf("device"), inode: textOf("inode"), bornNs: textOf("bornNs") },
    };
  } catch {
    return undefined;
  }
}

const PLACE_FIELDS = ["path", "device", "inode", "bornNs"] as const;
const IDENTITY = /^[0-9a-f]{32}$/;
