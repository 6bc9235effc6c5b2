import { sha256 } from "../base/index.ts";

const MAX_SLUG_LENGTH = 40;
const HASH_LENGTH = 12;

/**
 * A folder or file name for an id of any form: `<slug>-<12 hex of sha256>`, or the hex alone when nothing of the id
 * can be kept. Always the same for the same id, at most 53 ASCII characters, safe on every file system.
 */
export function safeName(id: string): string {
  const slug = slugOf(id);
  const hash = sha256(bytesOf(id)).slice(0, HASH_LENGTH);
  return slug === "" ? hash : `${slug}-${hash}`;
}

function slugOf(id: string): string {
  return id
    .slice(0, 4 * MAX_SLUG_LENGTH)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-/, "")
    .slice(0, MAX_SLUG_LENGTH)
    .replace(/-$/, "");
}

/** UTF-8 turns every lone surrogate into the same character, so an id that has one is hashed in its escaped form. */
const bytesOf = (id: string): string => (id.isWellFormed() ? id : JSON.stringify(id));
