import { sha256 } from "../../../core/base/index.ts";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { SourceRecord } from "../../../core/pipeline/source.ts";
import { readNotes, type SourceNote } from "./index.ts";

let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "holdfast-notes-")));
});
afterEach(() => rmSync(folder, { recursive: true }));

const signal = new AbortController().signal;

function write(path: string, data: string | Uint8Array): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), data);
}

async function read(except?: string): Promise<readonly SourceRecord<SourceNote>[]> {
  const records: SourceRecord<SourceNote>[] = [];
  const source = readNotes(folder, except === undefined ? {} : { except });
  for await (const record of source.read({ signal })) records.push(record);
  return records;
}

const reasonOf = async (path: string, data: string | Uint8Array): Promise<string | undefined> => {
  write(path, data);
  const record = (await read()).find((one) => one.kind !== "total" && one.itemId === path);
  return record?.kind === "skipped" ? record.reason : undefined;
};

describe("a note", () => {
  test("is read with what its front matter says of it", async () => {
    const text =
      "---\ntitle: Why kelp holds\ntags: [sea, 2026]\nsource: claude\ngenre: science\ntopic: algae\n---\n\nText";
    write("sea/Kelp.md", text);
    expect(await read()).toEqual([
      { kind: "total", count: 1 },
      {
        kind: "item",
        itemId: "sea/Kelp.md",
        sourcePath: join(folder, "sea/Kelp.md"),
        content: {
          path: "sea/Kelp.md",
          hash: sha256(text),
          text,
          title: "Why kelp holds",
          tags: ["sea", "2026"],
          source: "claude",
          genre: "science",
          topic: "algae",
        },
      },
    ]);
  });

  test.each([
    ["---\ntitle: ''\n---\ntext\n\n# A heading #\n", "A heading"],
    ["text alone", "Kelp"],
    ["", "Kelp"],
    ["---\n\ntext after a rule", "Kelp"],
  ])("%j has the title %j", async (text, title) => {
    write("Kelp.md", text);
    expect((await read())[1]).toMatchObject({ kind: "item", content: { title, tags: [] } });
  });

  test.each([
    ["tags: sea  weed", ["sea", "weed"]],
    ["tags: sea weed, rock", ["sea weed", " rock"]],
    ["tags:\n  - sea\n  - 1\n  - {a: 1}\n  -", ["sea", "1"]],
    ["tags: {a: 1}", []],
  ])("%j has the tags %j", async (line, tags) => {
    write("Kelp.md", `---\n${line}\n---\n`);
    expect((await read())[1]).toMatchObject({ content: { tags } });
  });
});

describe("what cannot be moved is skipped with its reason", () => {
  test.each([
    ["a.txt", "text", "not a Markdown file"],
    ["a.md", "---\na: [1\n---\n", expect.stringMatching(/^its front matter is not YAML: .*, line 3$/)],
    ["a.md", "---\na: 1\na: 2\n---\n", expect.stringContaining("not YAML")],
    ["a.md", "---\na: *nobody\n---\n", expect.stringContaining("not YAML")],
    ["a.md", "---\ntitle: Kelp\n\ntext", "its front matter is never closed"],
    ["a.md", "---\nHello\n---\n", "its front matter holds no keys"],
    ["a.md", "---\nreview_reason: too short\n---\n", "it waits for your review"],
    ["a.md", Uint8Array.from([0x41, 0xff]), "it is not text in UTF-8"],
    ["a.md", "text \0 text", "it is not text in UTF-8"],
    [".a.md", "text", "hidden"],
    ["b.md", "[c](a%20b.png?x#y)", "it links to a file beside it: a b.png"],
    ["b.md", "![c](<a b.png> 'title')", undefined],
    ["b.md", "[c](other.png) [d](https://a.b/c) [e](#part) [f](/a b.png) ![[a b.png]]", undefined],
  ])("%s: %j", async (path, data, reason) => {
    writeFileSync(join(folder, "a b.png"), "");
    expect(await reasonOf(path, data)).toEqual(reason);
  });

  test("links, hidden folders and the folder that is left out are named once, and not looked into", async () => {
    write("vault/a.md", "");
    write(".obsidian/b.md", "");
    write("c.md", "");
    symlinkSync(folder, join(folder, "loop"));
    const records = (await read(join(folder, "vault"))).map((one) =>
      one.kind === "total" ? one.count : [one.kind, one.itemId],
    );
    expect(records).toEqual([4, ["skipped", ".obsidian"], ["item", "c.md"], ["skipped", "loop"], ["skipped", "vault"]]);
  });

  test("nothing is left out when notes are sorted in the folder that they are in", async () => {
    write("c.md", "");
    expect((await read(folder)).map(({ kind }) => kind)).toEqual(["total", "item"]);
  });
});

describe("check", () => {
  test("says how much there is to read", async () => {
    write("a.md", "12345");
    write("b.png", "12345");
    expect(await readNotes(folder).check({ signal })).toEqual([{ path: folder, bytes: 5 }]);
  });

  test("refuses a folder that is not there, and a file", async () => {
    await expect(readNotes(join(folder, "no")).check({ signal })).rejects.toMatchObject({ code: "input_unreadable" });
    write("a.md", "");
    await expect(readNotes(join(folder, "a.md")).check({ signal })).rejects.toMatchObject({ code: "input_unreadable" });
  });
});
