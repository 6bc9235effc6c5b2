import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it } from "vitest";
import { IDENTITY_FACT, readIdentity } from "../../src/core/session/index.ts";
import { openSessionReports } from "../../src/stores/sqlite/index.ts";
import { holdfast, newProject, root, type Finished } from "./holdfast.ts";

// Sessions that versions of then left behind: SQL of their databases, and `session.json`, with PROJECT for its folder.

interface Old {
  readonly layout: number;
  readonly id: string;
}

const OLD: readonly Old[] = [
  { layout: 1, id: "20261130_093542" },
  { layout: 2, id: "20261130_093544" },
  { layout: 3, id: "20261130_093546" },
];

const fixtures = join(root, "test/cli/fixtures/layouts");

/** A project with that session, as its version left it when it was stopped. */
function projectOf({ layout, id }: Old): string {
  const cwd = newProject();
  const folder = join(cwd, ".holdfast", "sessions", id);
  mkdirSync(join(folder, "work/extract/input"), { recursive: true });
  const textOf = (name: string): string =>
    readFileSync(join(fixtures, `layout-${layout}`, name), "utf8").replaceAll("PROJECT", cwd);
  for (const [sql, file] of [
    ["state.sql", join(folder, "state.db")],
    ["workspace.sql", join(cwd, ".holdfast", "workspace.db")],
  ] as const) {
    using db = new DatabaseSync(file);
    db.exec(textOf(sql));
  }
  writeFileSync(join(folder, "session.json"), textOf("session.json"));
  writeFileSync(join(folder, "work/extract/input/inputs.json"), "[]\n");
  copyFileSync(join(fixtures, "pipeline.ts"), join(cwd, "pipeline.ts"));
  return cwd;
}

async function identityOf(cwd: string, { id }: Old): Promise<string | undefined> {
  await using reports = openSessionReports(join(cwd, ".holdfast", "sessions", id, "state.db"));
  return readIdentity(reports.getFact(IDENTITY_FACT))?.identity;
}

const linesOf = (file: string): readonly string[] =>
  existsSync(file) ? readFileSync(file, "utf8").trim().split("\n").toSorted() : [];

const countsOf = ({ stdout }: Finished): unknown =>
  (JSON.parse(stdout) as { readonly session: { readonly counts: unknown } }).session.counts;

const UUID = /^[0-9a-f-]{36}$/;

describe("a session of an older layout", () => {
  it.each(OLD)("of layout $layout is read, goes on under an identity of its own, and is retried", async (old) => {
    const cwd = projectOf(old);
    const run = (...args: readonly string[]): Promise<Finished> => holdfast(args, { cwd });

    expect(countsOf(await run("status", old.id, "--json"))).toMatchObject({ completed: 3, failed: 1, pending: 5 });
    expect(await run("show", old.id, "wrack/1")).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("there is no such word"),
    });
    // Reading changes nothing.
    expect(await identityOf(cwd, old)).toBeUndefined();

    writeFileSync(join(cwd, "up"), "");
    const resumed = await run("resume", old.id, "--json");
    expect(countsOf(resumed)).toMatchObject({ completed: 11, failed: 1 });
    const identity = await identityOf(cwd, old);
    expect(identity).toMatch(/^[0-9a-f]{32}$/);

    const retried = await run("retry", old.id, "--json");
    expect(retried.code).toBe(0);
    expect(countsOf(retried)).toMatchObject({ completed: 13, failed: 0, pending: 0 });
    expect(await identityOf(cwd, old)).toBe(identity);
    expect(linesOf(join(cwd, "out.txt"))).toEqual(["dulse: WAS NOT BEGUN", "laver: STOPS THE RUN", "wrack: FAILS"]);
    const keys = linesOf(join(cwd, "keys.txt")).map((line) => line.split(" ")[1] ?? "");
    expect(keys).toHaveLength(7);
    expect(new Set(keys).size).toBe(7);
    for (const key of keys) expect(key).toMatch(UUID);
  });
});
