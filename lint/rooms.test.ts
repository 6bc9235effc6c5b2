import { spawnSync } from "node:child_process";
import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative, resolve } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { roomsTable } from "./rooms-table.ts";
import { LOADED_UNSEEN, ROOMS, WAYS, roomOf, type Room, type Way } from "./rooms.ts";

const ROOT = resolve(import.meta.dirname, "..");
const OXLINT = join(ROOT, "node_modules/oxlint/bin/oxlint");

/** More source files than these, of more than one kind, are no longer seen at a glance. */
const MOST_FILES = 25;
/** All files of this folder are of one kind: parts of the retry engine, each a strategy or a piece of the loop. */
const OF_ONE_KIND = new Set(["retry"]);

interface Problem {
  readonly code: string;
  readonly filename: string;
  readonly message: string;
}

const projects: string[] = [];
afterAll(() => projects.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

/** Lints files of a project of its own under the rules of this one, and gives what is refused. */
function lint(files: Readonly<Record<string, string>>): readonly Problem[] {
  const project = mkdtempSync(join(tmpdir(), "holdfast-rooms-"));
  projects.push(project);
  for (const name of ["lint", ".oxlintrc.json"]) cpSync(join(ROOT, name), join(project, name), { recursive: true });
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(project, name)), { recursive: true });
    writeFileSync(join(project, name), text);
  }
  const { stdout, stderr } = spawnSync(process.execPath, [OXLINT, "--format", "json", "src"], {
    cwd: project,
    encoding: "utf8",
  });
  expect(stderr).toBe("");
  const { diagnostics }: { diagnostics: readonly Problem[] } = JSON.parse(stdout);
  return diagnostics;
}

const fileIn = ({ folder }: Room, name: string): string => join("src", folder, name);
const importOf = (from: string, to: string): string => {
  const path = relative(dirname(from), to);
  return path.startsWith(".") ? path : `./${path}`;
};

const refusedIn = (problems: readonly Problem[], file: string): readonly string[] =>
  problems.filter(({ code, filename }) => code === "house(rooms)" && filename === file).map(({ message }) => message);

describe("the rooms of src/", () => {
  it("refuse every import that the table does not allow, for each pair of rooms, and no other", () => {
    const files: Record<string, string> = {};
    for (const room of ROOMS) files[fileIn(room, "index.ts")] = `export const name = ${JSON.stringify(room.folder)};\n`;
    for (const room of ROOMS) {
      const from = fileIn(room, "visitor.ts");
      files[from] = ROOMS.filter((other) => other !== room)
        .map((other, at) => `export type { name as name${at} } from "${importOf(from, fileIn(other, "index.ts"))}";\n`)
        .join("");
    }
    const problems = lint(files);
    for (const room of ROOMS) {
      const others = ROOMS.filter((other) => other !== room && !room.mayImport.includes(other.folder));
      expect(refusedIn(problems, fileIn(room, "visitor.ts")).toSorted(), room.folder).toEqual(
        others.map((other) => `${room.folder} may not import ${other.folder} (lint/rooms.ts)`).toSorted(),
      );
    }
  });

  it("let in the packages of their row and no other", () => {
    const packages = [...new Set(ROOMS.flatMap((room) => room.packages)), "lodash"];
    const written = (name: string): string => (name === "node:" ? "node:fs" : `${name}/part`);
    const files = Object.fromEntries(
      ROOMS.map((room) => [
        fileIn(room, "visitor.ts"),
        packages.map((name, at) => `export * as part${at} from "${written(name)}";\n`).join(""),
      ]),
    );
    const problems = lint(files);
    for (const room of ROOMS) {
      expect(refusedIn(problems, fileIn(room, "visitor.ts")), room.folder).toHaveLength(
        packages.filter((name) => !room.packages.includes(name)).length,
      );
    }
  });

  it("are entered by their index.ts where they have one, in every form of import", () => {
    const forms = [
      'import { value } from "../core/base/inner.ts";\nexport const used = value;',
      'import type { value } from "../core/base/inner.ts";\nexport type Used = typeof value;',
      'export { value } from "../core/base/inner.ts";',
      'export * from "../core/base/inner.ts";',
      'export const late = import("../core/base/inner.ts");',
      'export type Late = import("../core/base/inner.ts").Type;',
      "export const late = import(`../core/base/inner.ts`);",
      'import inner = require("../core/base/inner.ts");\nexport const used = inner;',
      'export const used = require("../core/base/inner.ts");',
    ];
    const files: Record<string, string> = {
      "src/core/base/index.ts": 'export { value } from "./inner.ts";',
      "src/core/base/inner.ts": "export const value = 1;\nexport type Type = 1;",
      "src/core/base/beside.ts": 'export { value } from "./inner.ts";',
    };
    for (const [at, text] of forms.entries()) files[`src/stores/form${at}.ts`] = `${text}\n`;
    const problems = lint(files);
    for (const at of forms.keys()) expect(refusedIn(problems, `src/stores/form${at}.ts`), forms[at]).toHaveLength(1);
    expect(refusedIn(problems, "src/core/base/beside.ts")).toEqual([]);
  });

  it("refuse a test or a fixture in product code, and let tests import them", () => {
    const text = 'export * from "./fixtures/given.ts";\nexport * from "../core/base/one.test.ts";\n';
    const problems = lint({
      "src/stores/product.ts": text,
      "src/stores/product.test.ts": text,
      "src/stores/fixtures/given.ts": "export const given = 1;\n",
      "src/core/base/one.test.ts": "export const one = 1;\n",
    });
    const message = "product code imports no test or fixture";
    expect(refusedIn(problems, "src/stores/product.ts")).toEqual([message, message]);
    expect(refusedIn(problems, "src/stores/product.test.ts")).toEqual([]);
  });

  it("refuse each way of loading that does not show what is loaded, but in the files that are listed for it", () => {
    const forms: Readonly<Record<Way, readonly string[]>> = {
      "a computed import": [
        'const name = "../core/base/inner.ts";\nexport const late = import(name);',
        "export const late = (name: string): unknown => import(`../${name}.ts`);",
        "export const late = (name: string): unknown => require(name);",
      ],
      createRequire: [
        'import { createRequire } from "node:module";\nexport const used = createRequire(import.meta.url)("yaml");',
        'import { createRequire as make } from "node:module";\nexport const load = make(import.meta.url);',
        'import * as module from "node:module";\nexport const load = module.createRequire(import.meta.url);',
      ],
      getBuiltinModule: [
        'export const fs = process.getBuiltinModule("node:fs");',
        'export const fs = globalThis.process?.getBuiltinModule?.("node:fs");',
        'export const fs = process["getBuiltinModule"]("node:fs");',
        "export const { getBuiltinModule } = process;",
      ],
      "import.meta.resolve": ['export const path = import.meta.resolve("../core/base/inner.ts");'],
    };
    const cases = WAYS.flatMap((way) => forms[way].map((text, at) => ({ way, text, file: `${way} ${at}.ts` })));
    const problems = lint({
      ...Object.fromEntries(cases.map(({ file, text }) => [`src/stores/${file}`, `${text}\n`])),
      ...Object.fromEntries(cases.map(({ file, text }) => [`src/stores/${file.replace(".ts", ".test.ts")}`, text])),
      ...Object.fromEntries(LOADED_UNSEEN.map(({ file, way }) => [`src/${file}`, `${forms[way].at(-1)}\n`])),
    });
    for (const { way, text, file } of cases) {
      expect(refusedIn(problems, `src/stores/${file}`), text).toEqual([
        `${way} hides what is loaded: write an import, or list stores/${file} in lint/rooms.ts`,
      ]);
      expect(refusedIn(problems, `src/stores/${file.replace(".ts", ".test.ts")}`), text).toEqual([]);
    }
    for (const { file } of LOADED_UNSEEN) expect(refusedIn(problems, `src/${file}`), file).toEqual([]);
  });

  it("list a file only for a way in which it loads", () => {
    for (const { file, way } of LOADED_UNSEEN) {
      const sign = way === "a computed import" ? /import\((?!["`])/ : new RegExp(way);
      expect(readFileSync(join(ROOT, "src", file), "utf8"), file).toMatch(sign);
    }
  });

  it("refuse a file that is in none of them", () => {
    expect(lint({ "src/attic/thing.ts": 'export * as fs from "node:fs";\n' })).toContainEqual(
      expect.objectContaining({ message: expect.stringContaining("attic/thing.ts is in no room") }),
    );
  });

  it("have no circle, type imports included", () => {
    const problems = lint({
      "src/core/base/one.ts": 'import type { Two } from "./two.ts";\nexport interface One {\n  readonly two: Two;\n}\n',
      "src/core/base/two.ts": 'import type { One } from "./one.ts";\nexport interface Two {\n  readonly one: One;\n}\n',
    });
    expect(problems.filter(({ code }) => code === "import(no-cycle)")).toHaveLength(2);
  });

  it("import only what stands above them in the table", () => {
    const folders = ROOMS.map(({ folder }) => folder);
    for (const [place, { folder, mayImport }] of ROOMS.entries()) {
      for (const other of mayImport) expect(folders.indexOf(other), `${folder} imports ${other}`).toBeLessThan(place);
      for (const other of mayImport) expect(folders, `${folder} imports ${other}`).toContain(other);
    }
  });

  it("each hold files, and every file is in one", () => {
    const places = globSync("**/*.ts", { cwd: join(ROOT, "src") });
    const inhabited = new Set(places.map((place) => roomOf(place)?.folder));
    expect(ROOMS.map(({ folder }) => folder).filter((folder) => !inhabited.has(folder))).toEqual([]);
    expect(inhabited.has(undefined)).toBe(false);
  });

  it(`hold at most ${MOST_FILES} source files a folder, unless they are of one kind`, () => {
    const sizes = new Map<string, number>();
    for (const place of globSync("**/*.ts", { cwd: join(ROOT, "src") })) {
      if (!/\.test(-d)?\.ts$/.test(place)) sizes.set(dirname(place), (sizes.get(dirname(place)) ?? 0) + 1);
    }
    const large = [...sizes].filter(([folder, files]) => files > MOST_FILES && !OF_ONE_KIND.has(folder));
    expect(large).toEqual([]);
  });

  it("are shown by ARCHITECTURE.md as the table has them; `npm run rooms` writes it", () => {
    expect(readFileSync(join(ROOT, "ARCHITECTURE.md"), "utf8")).toContain(roomsTable());
  });

  it("may import exactly what their rows of ARCHITECTURE.md say", () => {
    const page = readFileSync(join(ROOT, "ARCHITECTURE.md"), "utf8");
    const rows = page.split("<!-- rooms -->")[1]?.split("<!-- /rooms -->")[0]?.trim().split("\n").slice(2) ?? [];
    const shown = rows.map((row) => row.split(" | ")[2] ?? "");
    const expected = ROOMS.map(({ mayImport }) => mayImport.toSorted());
    expect(shown.map((words) => roomsSaidBy(words).toSorted())).toEqual(expected);
    for (const { folder, mayImport } of ROOMS) expect(new Set(mayImport).size, folder).toBe(mayImport.length);
  });
});

/** The rooms that a cell of the page stands for: `a`, all of `a/*`, or those of `a/*` up to one of them. */
function roomsSaidBy(words: string): readonly string[] {
  if (words === "nothing") return [];
  return words.split(", ").flatMap((word) => {
    const [, name = "", upTo] = /^`([^`]+)`(?: up to `([^`]+)`)?$/.exec(word) ?? [];
    if (!name.endsWith("/*")) return [name];
    const group = name.slice(0, -2);
    const members = ROOMS.map(({ folder }) => folder).filter((folder) => `${folder}/`.startsWith(`${group}/`));
    return upTo === undefined ? members : members.slice(0, members.indexOf(`${group}/${upTo}`) + 1);
  });
}
