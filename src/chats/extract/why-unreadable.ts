import { stat } from "node:fs/promises";
import { messageOf } from "../../core/failure/index.ts";

/** Why a file that a folder listed cannot be read, in words that end a sentence about it. */
export const whyUnreadable = (path: string, cause: unknown): string =>
  hasLostName(path, cause)
    ? "could not be read: its name is not text in UTF-8. Rename it"
    : `could not be read: ${messageOf(cause)}`;

/** Node gives a name of other bytes with this letter in their place, which then leads to no file. */
const hasLostName = (path: string, cause: unknown): boolean =>
  path.includes("\uFFFD") && cause instanceof Error && "code" in cause && cause.code === "ENOENT";

/** Why a folder's notes are left out. */
export const UNREADABLE_FOLDER = "a folder that cannot be read";

/** In bytes; nothing for a file that cannot be read, since that is said when its turn comes. */
export const sizeOf = async (file: string): Promise<number> => (await stat(file).catch(() => undefined))?.size ?? 0;
