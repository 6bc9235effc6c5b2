import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openSqlite } from "./open-sqlite.ts";

const src = join(import.meta.dirname, "../../..");
const sources = globSync("**/*.ts", { cwd: src, exclude: (name) => name.endsWith(".test.ts") }).map((name) => ({
  name,
  text: readFileSync(join(src, name), "utf8"),
}));

const having = (pattern: RegExp): readonly string[] =>
  sources.filter(({ text }) => pattern.test(text)).map(({ name }) => name);

describe("openSqlite", () => {
  it("opens a database", () => {
    using db = openSqlite(":memory:");
    expect(db.prepare("SELECT ? + 1 AS n").get(1)).toEqual({ n: 2 });
  });

  it("is the only place that loads node:sqlite", () => {
    const loads = /^(?:import|export) (?!type )[^;]*"node:sqlite"|\(\s*["'`]node:sqlite["'`]/m;
    expect(having(loads)).toEqual(["core/files/sqlite/open-sqlite.ts"]);
  });

  it("is given no statement with a numbered parameter, which node:sqlite binds since Node 22.20 and 24.8 only", () => {
    expect(having(/(?:[=(,<>]\s?|\b(?:SELECT|LIMIT|OFFSET|LIKE|THEN|ELSE|AND|OR)\s)\?\d/)).toEqual([]);
  });
});
