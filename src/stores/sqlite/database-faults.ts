import type { DatabaseSync, StatementSync } from "node:sqlite";
import { HoldfastError, messageOf } from "../../core/failure/index.ts";

/** SQLite's codes for a disk that takes no more, or not here (https://sqlite.org/rescode.html): nothing is damaged by it. */
const CANNOT_WRITE: ReadonlySet<number> = new Set([8, 10, 13]);

/** SQLITE_CORRUPT and SQLITE_NOTADB. */
const DAMAGED: ReadonlySet<number> = new Set([11, 26]);

/** SQLITE_ERROR says only in words that what the layout promises is not there. */
const LACKS = /no such (?:table|column|index)/;

/** The error for a database that cannot be opened. */
export const unusable = (file: string, cause: unknown): HoldfastError =>
  CANNOT_WRITE.has(codeOf(cause)) ? unwritable(file, cause) : damagedAt("Could not open", file, cause);

/** The error for a database that turns out to be damaged while it is used; `undefined` for any other fault. */
export function damagedBy(file: string, cause: unknown): HoldfastError | undefined {
  if (cause instanceof HoldfastError) return cause.code === "session_damaged" ? cause : undefined;
  const code = codeOf(cause);
  if (!DAMAGED.has(code) && !(code === 1 && LACKS.test(messageOf(cause)))) return undefined;
  return damagedAt("Could not read", file, cause);
}

/**
 * Makes reads of the database say that it is damaged when it is. Writes are left as they are: who commits them knows the
 * file.
 */
export function nameDamage(db: DatabaseSync, file: string): DatabaseSync {
  const named = <T>(read: () => T): T => {
    try {
      return read();
    } catch (error) {
      throw damagedBy(file, error) ?? error;
    }
  };
  const prepare = db.prepare.bind(db);
  db.prepare = (sql) =>
    nameReads(
      named(() => prepare(sql)),
      named,
    );
  return db;
}

function nameReads(statement: StatementSync, named: <T>(read: () => T) => T): StatementSync {
  const guard = <F extends (...given: never[]) => unknown>(read: F): F =>
    ((...given: never[]) => named(() => read(...given))) as F;
  statement.get = guard(statement.get.bind(statement));
  statement.all = guard(statement.all.bind(statement));
  const iterate = statement.iterate.bind(statement);
  statement.iterate = guard((...given: never[]) => {
    const rows = iterate(...given);
    rows.next = guard(rows.next.bind(rows));
    return rows;
  }) as typeof iterate;
  return statement;
}

function codeOf(cause: unknown): number {
  const code = cause instanceof Error && "errcode" in cause ? cause.errcode : undefined;
  return typeof code === "number" ? code & 0xff : 0;
}

/** The error for a file of the database that takes no writes. */
export const unwritable = (file: string, cause: unknown): HoldfastError =>
  new HoldfastError("write_failed", `Could not write ${file}: ${messageOf(cause)}.`, {
    cause,
    hint: "What was committed before is safe. Free some space, or make the folder writable, then resume the session.",
  });

const damagedAt = (what: string, file: string, cause: unknown): HoldfastError =>
  new HoldfastError("session_damaged", `${what} ${file}: ${messageOf(cause)}.`, { cause, hint: RESTORE });

const RESTORE =
  "Notes already written are safe. Restore this file from a backup, or start a new session: unchanged work is not paid for twice.";
