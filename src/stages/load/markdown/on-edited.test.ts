import { mkdtempSync, readFileSync, readdirSync, realpathSync, rmSync, unlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Ledger } from "../../../core/storage/ledger.ts";
import { skipItem } from "../../../core/pipeline/outcome.ts";
import type { LoadChange } from "../../../core/pipeline/sink.ts";
import { memoryWorkspace } from "../../../stores/workspace/index.ts";
import type { Note } from "../../note/note.ts";
import { loadContext } from "./fixtures/load-context.ts";
import { OnEdited, writeMarkdown } from "./index.ts";
import { runs } from "../../../../test/runs.ts";

let notes: string;
let ledger: Ledger;
beforeEach(() => {
  notes = realpathSync(mkdtempSync(join(tmpdir(), "holdfast-edited-")));
  ({ ledger } = memoryWorkspace());
});
afterEach(() => rmSync(notes, { recursive: true }));

const noteOf = (content: string): Note => ({ title: "Kelp", body: content, contentHash: content });
const load = (content: string, onEdited: OnEdited, into: Ledger = ledger) =>
  writeMarkdown(notes, noteOf, { onEdited }).load(content, loadContext(into, "1"));
const read = (name: string): string => readFileSync(join(notes, name), "utf8");
const edit = (text: string, name = "Kelp.md"): void => writeFileSync(join(notes, name), text);
const files = (): readonly string[] => readdirSync(notes).toSorted();
const at = (name: string, change: LoadChange) => ({ outputPath: join(notes, name), change });

describe("newer content for an edited note, by sibling", () => {
  beforeEach(async () => {
    await load("one", "sibling");
    edit("mine");
  });

  test("goes beside it", async () => {
    expect(await load("two", "sibling")).toEqual(at("Kelp (new).md", "beside"));
    expect(read("Kelp.md")).toBe("mine");
    expect(read("Kelp (new).md")).toContain("two");
  });

  test("goes beside it once, whatever became of the file", async () => {
    await load("two", "sibling");
    const beside = skipItem("edited by you; the newer version is already beside it");
    expect(await load("two", "sibling")).toEqual(beside);
    unlinkSync(join(notes, "Kelp (new).md"));
    expect(await load("two", "sibling")).toEqual(beside);
    expect(files()).toEqual(["Kelp.md"]);
  });

  test("takes the place of what was put there before", async () => {
    await load("two", "sibling");
    expect(await load("three", "sibling")).toEqual(at("Kelp (new).md", "beside"));
    expect(read("Kelp (new).md")).toContain("three");
    expect(files()).toEqual(["Kelp (new).md", "Kelp.md"]);
  });

  test("leaves alone what was put there before when that was edited too", async () => {
    await load("two", "sibling");
    edit("also mine", "Kelp (new).md");
    expect(await load("three", "sibling")).toEqual(at("Kelp (new 2).md", "beside"));
    expect(read("Kelp (new).md")).toBe("also mine");
    expect(await load("four", "sibling")).toEqual(at("Kelp (new 2).md", "beside"));
  });

  test("leaves alone a file of the user's that has the name", async () => {
    edit("my draft", "Kelp (new).md");
    expect(await load("two", "sibling")).toEqual(at("Kelp (new 2).md", "beside"));
    expect(read("Kelp (new).md")).toBe("my draft");
  });

  test("is written in place again once the edited note is gone", async () => {
    await load("two", "sibling");
    unlinkSync(join(notes, "Kelp.md"));
    expect(await load("three", "sibling")).toEqual(at("Kelp.md", "created"));
  });

  test("is written after a crash between intent and file", async () => {
    await load("two", "sibling", withoutConfirm());
    unlinkSync(join(notes, "Kelp (new).md"));
    expect(await load("two", "sibling")).toEqual(at("Kelp (new).md", "beside"));
    expect(files()).toEqual(["Kelp (new).md", "Kelp.md"]);
  });
});

describe("newer content for an edited note, by overwrite", () => {
  beforeEach(async () => {
    await load("one", "overwrite");
    edit("mine");
  });

  test("takes its name, and the user's version is kept beside it", async () => {
    expect(await load("two", "overwrite")).toEqual(at("Kelp.md", "replaced"));
    expect(read("Kelp.md")).toContain("two");
    expect(read("Kelp (your version).md")).toBe("mine");
  });

  test("keeps each of the user's versions", async () => {
    await load("two", "overwrite");
    edit("mine again");
    await load("three", "overwrite");
    expect(files()).toEqual(["Kelp (your version 2).md", "Kelp (your version).md", "Kelp.md"]);
    expect(read("Kelp (your version).md")).toBe("mine");
    expect(read("Kelp (your version 2).md")).toBe("mine again");
  });

  test("sets nothing aside when nothing was edited since", async () => {
    await load("two", "overwrite");
    await load("three", "overwrite");
    expect(files()).toEqual(["Kelp (your version).md", "Kelp.md"]);
  });

  test("takes its name after a crash right after the user's version was set aside", async () => {
    let isTold = false;
    const dying: Ledger = {
      ...ledger,
      intend: (intent) => {
        if (isTold) throw new Error("killed");
        isTold = true;
        return ledger.intend(intent);
      },
    };
    await expect(load("two", "overwrite", dying)).rejects.toThrow("killed");
    expect(files()).toEqual(["Kelp (your version).md"]);
    expect(await load("two", "overwrite")).toEqual(at("Kelp.md", "created"));
    expect(files()).toEqual(["Kelp (your version).md", "Kelp.md"]);
    expect(read("Kelp (your version).md")).toBe("mine");
  });
});

test("nothing that the user wrote is ever lost, whatever is imported and edited in whatever order", async () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant("edit" as const), file: fc.nat() }),
    fc.record({ kind: fc.constant("load" as const), how: fc.constantFrom(...Object.values(OnEdited)) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
      rmSync(notes, { recursive: true });
      ({ ledger } = memoryWorkspace());
      await load("0", "keep");
      const mine = new Map<string, string>();
      for (const [n, done] of steps.entries()) {
        if (done.kind === "load") await load(`content ${n}`, done.how);
        else {
          const name = files()[done.file % files().length] ?? "";
          for (const [text, place] of mine) if (place === name) mine.delete(text);
          const text = `mine ${n}`;
          edit(text, name);
          mine.set(text, name);
        }
        const texts = files().map(read);
        for (const text of mine.keys()) expect(texts).toContain(text);
        for (const text of mine.keys()) mine.set(text, files()[texts.indexOf(text)] ?? "");
      }
    }),
    { numRuns: runs(60) },
  );
});

/** A ledger that dies before it confirms anything. */
const withoutConfirm = (): Ledger => ({ ...ledger, confirm: () => {} });
