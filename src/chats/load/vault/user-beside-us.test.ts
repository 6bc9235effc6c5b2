import { linkSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { open, type FileHandle } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { sha256 } from "../../../core/base/index.ts";
import { memoryWorkspace } from "../../../stores/workspace/index.ts";
import { canGoOn, makeMove, removeFile, setAside } from "./make-move.ts";
import type { MoveRecord } from "./move-record.ts";
import { undoMoves } from "./undo-moves.ts";

let vault: string;
beforeEach(() => {
  vault = mkdtempSync(join(tmpdir(), "holdfast-vault-"));
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(vault, { recursive: true });
});

const MINE = "my own words\n";
const at = (name: string): string => join(vault, name);
const read = (name: string): string => readFileSync(at(name), "utf8");

/** The user does something while the next file is on its way to the disk. */
async function meanwhile(act: () => void): Promise<void> {
  const probe = await open(vault, "r");
  await probe.close();
  const handles: Pick<FileHandle, "sync"> = Object.getPrototypeOf(probe);
  const { sync } = handles;
  vi.spyOn(handles, "sync").mockImplementationOnce(function (this: FileHandle) {
    act();
    return sync.call(this);
  });
}

const recordOf = (kind: MoveRecord["kind"], from: string, to: string): MoveRecord => ({
  note: "Kelp.md",
  kind,
  from: at(from),
  to: at(to),
  oldHead: "old\n",
  newHead: "new\n",
  oldHash: sha256("old\nbody\n"),
  newHash: sha256("new\nbody\n"),
  madeFolders: [],
  modifiedMs: 0,
});

describe("a file that the user makes or edits while a note is moved is kept", () => {
  it.each([
    ["at the note's new place", recordOf.bind(undefined, "move", "Kelp.md", "moved.md"), "moved.md"],
    ["in the place that a copy goes to", recordOf.bind(undefined, "copy", "Kelp.md", "moved.md"), "moved.md"],
    [
      "as the note that is rewritten in its place",
      recordOf.bind(undefined, "rewrite", "Kelp.md", "Kelp.md"),
      "Kelp.md",
    ],
  ])("%s", async (_, record, name) => {
    writeFileSync(at("Kelp.md"), "old\nbody\n");
    await meanwhile(() => writeFileSync(at(name), MINE));
    await expect(makeMove(record(), memoryWorkspace().ledger)).rejects.toMatchObject({ kind: "input" });
    expect(read(name)).toBe(MINE);
    expect(read("Kelp.md")).toBe(name === "Kelp.md" ? MINE : "old\nbody\n");
  });

  it("when it is undone", async () => {
    const records = at("records");
    const { writeMoveRecord } = await import("./move-record.ts");
    await writeMoveRecord(records, recordOf("rewrite", "Kelp.md", "Kelp.md"));
    writeFileSync(at("Kelp.md"), "new\nbody\n");
    await meanwhile(() => writeFileSync(at("Kelp.md"), MINE));
    expect(await undoMoves(records, memoryWorkspace().ledger)).toMatchObject([{ result: "refused" }]);
    expect(read("Kelp.md")).toBe(MINE);
  });

  it("where a file is set aside, whatever has that name by now", async () => {
    writeFileSync(at("Kelp.md"), MINE);
    writeFileSync(at("Kelp (replaced).md"), "theirs");
    await expect(setAside(at("Kelp.md"), at("Kelp (replaced).md"))).rejects.toMatchObject({ code: "write_failed" });
    expect([read("Kelp.md"), read("Kelp (replaced).md")]).toEqual([MINE, "theirs"]);
  });

  it("and a file that was half set aside is set aside once", async () => {
    writeFileSync(at("Kelp.md"), MINE);
    linkSync(at("Kelp.md"), at("Kelp (replaced).md"));
    await setAside(at("Kelp.md"), at("Kelp (replaced).md"));
    expect(readdirSync(vault)).toEqual(["Kelp (replaced).md"]);
  });

  it("and a move that was cut off while it set a file aside goes on, or is undone", async () => {
    const record = { ...recordOf("move", "Kelp.md", "moved.md"), replaced: at("moved (replaced).md") };
    const cutOff = (): void => {
      rmSync(vault, { recursive: true });
      mkdirSync(vault);
      writeFileSync(at("Kelp.md"), "old\nbody\n");
      writeFileSync(at("moved.md"), MINE);
      linkSync(at("moved.md"), at("moved (replaced).md"));
    };
    cutOff();
    expect(await canGoOn(record)).toBe(true);
    await makeMove(record, memoryWorkspace().ledger);
    expect(readdirSync(vault).toSorted()).toEqual(["moved (replaced).md", "moved.md"]);
    expect([read("moved (replaced).md"), read("moved.md")]).toEqual([MINE, "new\nbody\n"]);

    cutOff();
    const { writeMoveRecord } = await import("./move-record.ts");
    await writeMoveRecord(at("records"), record);
    await undoMoves(at("records"), memoryWorkspace().ledger);
    expect(readdirSync(vault).toSorted()).toEqual(["Kelp.md", "moved.md", "records"]);
    expect(read("moved.md")).toBe(MINE);
  });

  it("when the old file is removed", async () => {
    writeFileSync(at("Kelp.md"), MINE);
    await expect(removeFile(at("Kelp.md"), sha256("old\nbody\n"))).rejects.toThrow("changed while it was being moved");
    expect(read("Kelp.md")).toBe(MINE);
  });
});
