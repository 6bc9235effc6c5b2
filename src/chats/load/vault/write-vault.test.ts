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
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { skipItem } from "../../../core/pipeline/outcome.ts";
import { foldPath } from "../../../core/files/fold-path.ts";
import type { LedgerEntry } from "../../../core/storage/ledger.ts";
import { memoryWorkspace, type Workspace } from "../../../stores/workspace/index.ts";
import type { ClassifiedNote } from "../../transform/classify/index.ts";
import { loadContext } from "../../../stages/load/markdown/fixtures/load-context.ts";
import { siblingId } from "../../../stages/load/markdown/index.ts";
import { OnConflict, previewVault, undoMoves, writeVault, type PlannedMove, type VaultOptions } from "./index.ts";
import { recordsFolder } from "./write-vault.ts";
import { runs } from "../../../../test/runs.ts";

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
    expect(await load(note)).toEqual(skipItem("gone since it was read"));
  });

  test("is rewritten in place when it is below the folder of its genre", async () => {
    write("vault/sea/mine/Kelp.md", "text");
    const note = { path: "sea/mine/Kelp.md", hash: sha256("text"), genre: "sea", topic: "algae" };
    const inPlace = { folder: at("vault") };
    expect(await load(note, inPlace)).toEqual({ outputPath: at("vault/sea/mine/Kelp.md"), change: "updated" });
    const after = { ...note, hash: sha256(read("vault/sea/mine/Kelp.md")) };
    expect(await sinkOf(inPlace).load(after, { ...context("again"), sessionId: "20260120_000000" })).toEqual(
      skipItem("already where it belongs"),
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

describe("a session that goes on after a crash", () => {
  test("gives no note the place of one that it moved before, whatever the policy", async () => {
    write("notes/a/Kelp.md", "one");
    write("notes/b/Kelp.md", "two");
    await load(classified("a/Kelp.md"), { onConflict: "overwrite" });
    await load(classified("b/Kelp.md"), { onConflict: "overwrite" });
    expect(Object.keys(filesIn("vault"))).toEqual(["sea/Kelp (2).md", "sea/Kelp.md"]);
  });

  test("has moved nothing that it could not write down before", async () => {
    write("notes/Kelp.md", "text");
    const records = recordsFolder(at(".holdfast"), "20260119_143052", "organize");
    mkdirSync(dirname(records), { recursive: true });
    writeFileSync(records, "a file");
    await expect(load(classified("Kelp.md"))).rejects.toThrow();
    expect(filesIn("notes")).toEqual({ "Kelp.md": "text" });
    expect(filesIn("vault")).toEqual({});
  });
});

test("a run does not begin when the notes could not be taken away, and a copy need not take them", async () => {
  const missing = { folder: at("missing") };
  await expect(sinkOf(missing).check()).rejects.toThrow("missing");
  await sinkOf({ ...missing, kind: "copy" }).check();
});

describe("what the ledger knows of a note", () => {
  const text = `---\nsource_id: claude:1\n---\ntext`;
  const target = (): string => at("notes");

  test("goes with it, also that newer content of it was not written", async () => {
    write("notes/Kelp.md", text);
    const intent = { target: target(), sourceId: "claude:1", contentHash: "one", path: "Kelp.md" };
    workspace.ledger.intend({ ...intent, pendingHash: "as it was before its owner edited it" });
    workspace.ledger.confirm(target(), "claude:1");
    workspace.ledger.keep(target(), "claude:1", "two");
    await load(classified("Kelp.md"));
    expect(workspace.ledger.find(target(), "claude:1")).toMatchObject({
      path: "../vault/sea/Kelp.md",
      outputHash: "as it was before its owner edited it",
      keptHash: "two",
    });
  });

  test("goes with the newer version that stands beside a note", async () => {
    write("notes/Kelp (new).md", text);
    const sourceId = siblingId("claude:1");
    workspace.ledger.intend({
      target: target(),
      sourceId,
      contentHash: "one",
      path: "Kelp (new).md",
      pendingHash: sha256(text),
    });
    workspace.ledger.confirm(target(), sourceId);
    await load(classified("Kelp (new).md"));
    expect(workspace.ledger.find(target(), sourceId)).toMatchObject({
      path: "../vault/sea/Kelp (new).md",
      outputHash: sha256(read("vault/sea/Kelp (new).md")),
    });
  });
});

describe("a note that is rewritten in place", () => {
  const note = (text: string): ClassifiedNote => ({ path: "sea/Kelp.md", hash: sha256(text), genre: "sea" });
  test("is rewritten again in the same session when its owner has changed it since", async () => {
    write("vault/sea/Kelp.md", "text");
    const options = { folder: at("vault") };
    await load(note("text"), options);
    write("vault/sea/Kelp.md", "newer text");
    expect(await load(note("newer text"), options)).toEqual({
      outputPath: at("vault/sea/Kelp.md"),
      change: "updated",
    });
    expect(read("vault/sea/Kelp.md")).toMatch(/genre: sea\n[^]*newer text$/);
  });
});

describe("undoing a move", () => {
  const ID = "claude:1";
  const TEXT = `---\nsource_id: ${ID}\n---\ntext`;
  const entry = (): LedgerEntry | undefined => workspace.ledger.find(at("notes"), ID);

  /** A note that an import wrote, as far as the ledger knows. */
  function imported(written: string, intended?: string): void {
    write("notes/Kelp.md", TEXT);
    const intent = { target: at("notes"), sourceId: ID, contentHash: "content", path: "Kelp.md" };
    workspace.ledger.intend({ ...intent, pendingHash: sha256(written) });
    workspace.ledger.confirm(at("notes"), ID);
    if (intended !== undefined) workspace.ledger.intend({ ...intent, pendingHash: sha256(intended) });
  }

  test("gives the next import its note back where it was", async () => {
    imported(TEXT);
    await load(classified("Kelp.md"));
    expect(entry()).toMatchObject({ path: "../vault/sea/Kelp.md", outputHash: sha256(read("vault/sea/Kelp.md")) });
    expect(await undo()).toMatchObject([{ result: "undone" }]);
    expect(entry()).toMatchObject({ path: "Kelp.md", outputHash: sha256(TEXT) });
  });

  test("gives it back with its time, and leaves no folder behind that was made for it", async () => {
    write("notes/Kelp.md", "text");
    const changedAt = new Date("2025-03-01T12:00:00Z");
    utimesSync(at("notes/Kelp.md"), changedAt, changedAt);
    write("vault/mine.md", "");
    await load(classified("Kelp.md", { topic: "algae" }));
    await undo();
    expect(statSync(at("notes/Kelp.md")).mtime).toEqual(changedAt);
    expect(readdirSync(at("vault"))).toEqual(["mine.md"]);
  });

  test("leaves alone what was changed since, and says so", async () => {
    write("notes/Kelp.md", "text");
    await load(classified("Kelp.md"));
    write("vault/sea/Kelp.md", "newer text");
    expect(await undo()).toMatchObject([{ result: "refused", reason: "it was changed since" }]);
    expect(filesIn("vault")).toEqual({ "sea/Kelp.md": "newer text" });
    expect(filesIn("notes")).toEqual({});
  });

  test("leaves alone a note whose old place somebody else has, and says so", async () => {
    write("notes/Kelp.md", "text");
    await load(classified("Kelp.md"));
    write("notes/Kelp.md", "mine");
    expect(await undo()).toMatchObject([{ result: "refused", reason: expect.stringContaining("another file is at") }]);
    expect(filesIn("notes")).toEqual({ "Kelp.md": "mine" });
    expect(Object.keys(filesIn("vault"))).toEqual(["sea/Kelp.md"]);
  });

  test("is done once", async () => {
    write("notes/Kelp.md", "text");
    await load(classified("Kelp.md"));
    await undo();
    expect(await undo()).toMatchObject([{ result: "undone before" }]);
  });

  test("leaves a note that its owner had edited an edited one, which no import replaces", async () => {
    imported("as it was before the edit");
    await load(classified("Kelp.md"));
    await undo();
    expect(read("notes/Kelp.md")).toBe(TEXT);
    expect(entry()?.outputHash).toBe(sha256("as it was before the edit"));
  });

  test("knows a note as its own whose import was cut off before it was confirmed", async () => {
    imported("an older version", TEXT);
    await load(classified("Kelp.md"));
    await undo();
    expect(entry()).toMatchObject({ path: "Kelp.md", outputHash: sha256(TEXT) });
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
    { numRuns: runs(40) },
  );
});

/** What no move may change. */
const bodyOf = (text: string): string =>
  text.replace(/^\ufeff?---\r?\n[^]*?^---(?:\r?\n|$)/m, "").replace(/^\ufeff/, "");
