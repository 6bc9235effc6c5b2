import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** What the pipeline's paid steps were asked, once a call. */
export function callsMade(cwd: string): readonly string[] {
  const file = join(cwd, "calls.log");
  const text = existsSync(file) ? readFileSync(file, "utf8").trim() : "";
  return text === "" ? [] : text.split("\n");
}

/** Calls of which no answer was kept when the process died: these, and no others, may be made again. */
export function callsInFlight(cwd: string): ReadonlySet<string> {
  const kept = answersKept(cwd);
  return new Set(callsMade(cwd).filter((call) => !kept.has(call)));
}

function answersKept(cwd: string): ReadonlySet<string> {
  const outputs = readCache(join(cwd, ".holdfast"));
  return new Set(outputs.flatMap((output) => /"([^"]*), answered"/.exec(output)?.[1] ?? []));
}

/** Reads a copy: opening a database that was cut off mends it, and that is for the resume to do. */
function readCache(workspace: string): readonly string[] {
  if (!existsSync(join(workspace, "workspace.db"))) return [];
  const copy = mkdtempSync(join(tmpdir(), "holdfast-copy-"));
  for (const file of ["workspace.db", "workspace.db-wal"].filter((name) => existsSync(join(workspace, name)))) {
    copyFileSync(join(workspace, file), join(copy, file));
  }
  try {
    using db = new DatabaseSync(join(copy, "workspace.db"));
    if (db.prepare("SELECT name FROM sqlite_schema WHERE name = 'cache'").get() === undefined) return [];
    return db
      .prepare("SELECT output FROM cache")
      .all()
      .map(({ output }) => String(output));
  } finally {
    rmSync(copy, { recursive: true });
  }
}
