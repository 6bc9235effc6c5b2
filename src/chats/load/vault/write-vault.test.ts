import { sha256 } from "../../../core/base/index.ts";
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { skip } from "../../../core/pipeline/outcome.ts";
import { foldPath } from "../../../core/files/fold-path.ts";
import { memoryWorkspace, type Workspace } from "../../../stores/workspace/index.ts";
import type { ClassifiedNote } from "../../transform/classify/index.ts";
import { loadContext } from "../../../stages/load/markdown/fixtures/load-context.ts";
import { OnConflict, previewVault, undoMoves, writeVault, type PlannedMove, type VaultOptions } from "./index.ts";
import { recordsFolder } from "./write-vault.ts";

let root: string;
let workspace: Workspace;
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "holdfast-vault-")));
  workspace = memoryWorkspace();
});
afterEach(() => rmSync(root, { recursive: true }));

const at = (...path: readonly string[]): string => join(root, ...path);
const read = (path: string): string => readFileSync(at(path), "utf8");

function write(path: string, text: string): void {
  mkdirSync(dirname(at(path)), { recursive: true });
  writeFileSync(at(path), text);
}

const filesIn = (folder: string): Readonly<Record<string, string>> => {
  mkdirSync(at(folder), { recursive: true });
  const paths = readdirSync(at(folder), { recursive: true, encoding: "utf8" }).toSorted();
  const files = paths.filter((path) => statSync(at(folder, path)).isFile());
  return Object.fromEntries(files.map((path) => [path, readFileSync(at(folder, path), "utf8")]));
};

const optionsOf = (more: Partial<VaultOptions> = {}): VaultOptions => ({
  folder: at("notes"),
  kind: "move",
  onConflict: "increment",
  folders: "{genre}/{topic}",
  unclassified: "unclassified",
  ...more,
});

const context = (path: string) => loadContext(workspace.ledger, path, { phase: "organize" });
const sinkOf = (more: Partial<VaultOptions> = {}) =>
  writeVault(at("vault"), { ...optionsOf(more), workspace: at(".holdfast") });
const classified = (path: string, more: Partial<ClassifiedNote> = {}): ClassifiedNote => ({
  path,
  hash: sha256(read(`notes/${path}`)),
  genre: "sea",
  ...more,
});
const load = (note: ClassifiedNote, more: Partial<VaultOptions> = {}) => sinkOf(more).load(note, context(note.path));
const undo = () => undoMoves(recordsFolder(at(".holdfast"), "20260119_143052", "organize"), workspace.ledger);

describe("a note that is moved", () => {
  test("goes into the folder as it is spelled in the vault already", async () => {
    write("vault/Sea/ALGAE/x.md", "");
    write("notes/Kelp.md", "text");
    expect(await load(classified("Kelp.md", { topic: "algae" }))).toEqual({
      outputPath: at("vault/Sea/ALGAE/Kelp.md"),
      change: "created",
    });
  });

  test("is not moved when it was changed after it was read, and skipped when it is gone", async () => {
    write("notes/Kelp.md", "text");
    const note = classified("Kelp.md");
    write("notes/Kelp.md", "newer text");
    await expect(load(note)).rejects.toMatchObject({ kind: "input" });
    expect(filesIn("notes")).toEqual({ "Kelp.md": "newer text" });
    unlinkSync(at("notes/Kelp.md"));
    expect(await load(note)).toEqual(skip("gone since it was read"));
  });

  test("is rewritten in place when it is below the folder of its genre", async () => {
    write("vault/sea/mine/Kelp.md", "text");
    const note = { path: "sea/mine/Kelp.md", hash: sha256("text"), genre: "sea", topic: "algae" };
    const inPlace = { folder: at("vault") };
    expect(await load(note, inPlace)).toEqual({ outputPath: at("vault/sea/mine/Kelp.md"), change: "updated" });
    const after = { ...note, hash: sha256(read("vault/sea/mine/Kelp.md")) };
    expect(await sinkOf(inPlace).load(after, { ...context("again"), sessionId: "20260120_000000" })).toEqual(
      skip("where it belongs already"),
    );
    await undo();
    expect(filesIn("vault")).toEqual({ "sea/mine/Kelp.md": "text" });
  });

  test("stays when another file stands where its folder would be", async () => {
    write("vault/sea", "a file");
    write("notes/Kelp.md", "text");
    await expect(load(classified("Kelp.md"))).rejects.toMatchObject({
      code: "write_failed",
      cause: { code: "ENOTDIR" },
    });
    expect(filesIn("notes")).toEqual({ "Kelp.md": "text" });
  });

  test("stays when the same note is there already under a name that differs in case, whatever the policy", async () => {
    const same = "---\n{a: 1}\n---\n";
    write("vault/sea/kelp.md", same);
    write("notes/Kelp.md", same);
    await sinkOf({ onConflict: "overwrite" }).load(classified("Kelp.md"), context("Kelp.md"));
    await undo();
    expect(filesIn("vault")).toEqual({ "sea/kelp.md": same });
    expect(filesIn("notes")).toEqual({ "Kelp.md": same });
  });

  test("is moved once, however often it is loaded", async () => {
    write("notes/Kelp.md", "text");
    const note = classified("Kelp.md");
    const once = await load(note);
    const vault = filesIn("vault");
    expect(await load(note)).toEqual(once);
    expect(filesIn("vault")).toEqual(vault);
  });

  test("is moved after a crash that left it in both places", async () => {
    write("notes/Kelp.md", "text");
    const note = classified("Kelp.md");
    await load(note);
    write("notes/Kelp.md", "text");
    await load(note);
    expect(filesIn("notes")).toEqual({});
    expect(Object.keys(filesIn("vault"))).toEqual(["sea/Kelp.md"]);
  });
});

test("a preview takes the places that the run takes, and writes nothing", async () => {
  write("vault/sea/Kelp.md", "mine");
  write("notes/a/Kelp.md", "one");
  write("notes/b/KELP.md", "two");
  write("notes/Wrack.md", "three");
  const rows: PlannedMove[] = [];
  const preview = previewVault(at("vault"), optionsOf(), (row) => rows.push(row));
  const notes = ["a/Kelp.md", "b/KELP.md", "Wrack.md"].map((path) => classified(path));
  for (const note of notes) await preview.load(note, context(note.path));
  expect(rows.map(({ to }) => to)).toEqual(["sea/Kelp (2).md", "sea/KELP (3).md", "sea/Wrack.md"]);
  expect(Object.keys(filesIn("vault"))).toEqual(["sea/Kelp.md"]);
  const sink = sinkOf();
  for (const note of notes) await sink.load(note, context(note.path));
  expect(Object.keys(filesIn("vault"))).toEqual(["sea/KELP (3).md", "sea/Kelp (2).md", "sea/Kelp.md", "sea/Wrack.md"]);
});

test("nothing is lost, names are unique, and undoing puts everything back, for any notes in any vault", async () => {
  const name = fc.constantFrom("Kelp.md", "kelp.md", "海.md", "a (2).md", "a.md", "CON.md");
  const inNotes = fc.tuple(fc.constantFrom("", "x/", "x/y/"), name).map((parts) => parts.join(""));
  const inVault = fc.tuple(fc.constantFrom("Sea/", "Sea/algae/", "unclassified/"), name).map((parts) => parts.join(""));
  const text = fc.oneof(
    fc.string(),
    fc.constantFrom("---\ntags: a b\n---\nbody", "---\n{a: 1}\n---\n", "\ufeffx\r\ny"),
  );
  const note = fc.record({
    text,
    genre: fc.constantFrom("sea", "SEA", undefined),
    topic: fc.constantFrom("algae", undefined),
  });
  const how = fc.record({
    kind: fc.constantFrom("move" as const, "copy" as const),
    onConflict: fc.constantFrom(...Object.values(OnConflict)),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.dictionary(inNotes, note, { maxKeys: 6 }),
      fc.dictionary(inVault, text, { maxKeys: 4 }),
      how,
      async (notes, others, how) => {
        for (const folder of ["notes", "vault", ".holdfast"]) rmSync(at(folder), { recursive: true, force: true });
        for (const [path, { text }] of Object.entries(notes)) write(`notes/${path}`, text);
        for (const [path, text] of Object.entries(others)) write(`vault/${path}`, text);
        const before = { notes: filesIn("notes"), vault: filesIn("vault") };
        const sink = sinkOf(how);
        const loads = await Promise.allSettled(
          Object.entries(notes).map(([path, { genre, topic }]) =>
            sink.load(
              {
                path,
                hash: sha256(read(`notes/${path}`)),
                ...(genre !== undefined ? { genre } : { reason: "none" }),
                ...(topic !== undefined && { topic }),
              },
              context(path),
            ),
          ),
        );
        expect(loads.filter(({ status }) => status === "rejected")).toEqual([]);
        const after = filesIn("vault");
        const bodies = [...Object.values(after), ...Object.values(filesIn("notes"))].map(bodyOf);
        for (const one of [...Object.values(before.notes), ...Object.values(before.vault)])
          expect(bodies).toContain(bodyOf(one));
        const fresh = Object.keys(after).filter((path) => !(path in before.vault));
        const folded = Object.keys(after).map(foldPath);
        for (const path of fresh) expect(folded.filter((other) => other === foldPath(path))).toHaveLength(1);

        expect((await undo()).filter(({ result }) => result === "refused")).toEqual([]);
        expect({ notes: filesIn("notes"), vault: filesIn("vault") }).toEqual(before);
      },
    ),
    { numRuns: 40 },
  );
});

/** What no move may change. */
const bodyOf = (text: string): string =>
  text.replace(/^\ufeff?---\r?\n[^]*?^---(?:\r?\n|$)/m, "").replace(/^\ufeff/, "");
