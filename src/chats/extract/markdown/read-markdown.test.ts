import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, realpath, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { SourceRecord } from "../../../core/pipeline/source.ts";
import type { Conversation } from "../../conversation.ts";
import { readMarkdown, type DocumentSourceOptions } from "./index.ts";

let folder = "";
beforeEach(async () => {
  folder = join(await realpath(await mkdtemp(join(tmpdir(), "holdfast-markdown-"))), "journal");
  await mkdir(folder);
});
afterEach(() => rm(dirname(folder), { recursive: true }));

const signal = AbortSignal.any([]);

async function file(name: string, text: string | Uint8Array): Promise<string> {
  const path = join(folder, name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
  return path;
}

async function records(path = folder, options?: DocumentSourceOptions): Promise<SourceRecord<Conversation>[]> {
  const all: SourceRecord<Conversation>[] = [];
  for await (const record of readMarkdown(path, options).read({ signal })) all.push(record);
  const [total, ...others] = all;
  expect(total).toEqual({ kind: "total", count: others.length });
  return others;
}

async function only(): Promise<Conversation> {
  const [record] = await records();
  if (record?.kind !== "item") throw new Error(`expected an item, got ${JSON.stringify(record)}`);
  return record.content;
}

const git = (...args: readonly string[]): Buffer => execFileSync("git", ["-C", folder, ...args]);

function commit(date: string): void {
  const who = ["-c", "user.name=Kim", "-c", "user.email=kim@example.org"];
  git("add", ".");
  execFileSync("git", ["-C", folder, ...who, "commit", "-qm", "Write"], {
    env: { ...process.env, GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date },
  });
}

describe("a Markdown file", () => {
  it("is a conversation that holds it as it is, with what its front matter says", async () => {
    const path = await file(
      "2025/kelp.md",
      "---\ntitle: How kelp holds on\ndate: 2025-01-31 10:00:00 +0900\ntags: sea kelp\nsummary: It grips.\nupdated: 2025-02-01\n---\n\nKelp *grips* rock.\n",
    );
    expect(await records()).toEqual([
      {
        kind: "item",
        itemId: "markdown:journal/2025/kelp.md",
        sourcePath: path,
        content: {
          provider: "markdown",
          id: "journal/2025/kelp.md",
          title: "How kelp holds on",
          createdAt: "2025-01-31T01:00:00.000Z",
          updatedAt: "2025-02-01T00:00:00.000Z",
          messages: [{ role: "user", text: "Kelp *grips* rock.", attachments: [] }],
          artifacts: [],
          document: { body: "Kelp *grips* rock.", summary: "It grips.", tags: ["sea", "kelp"] },
          unknownBlocks: {},
          contentHash: expect.stringMatching(/^[0-9a-f]{64}$/),
        },
      },
    ]);
  });

  it.each([
    ["its first heading", "kelp-forests.md", "# Kelp forests #\n\nText", "Kelp forests"],
    ["its name", "2025-01-31-kelp_forests.md", "Text\n\n# Later", "kelp forests"],
  ])("without a title has %s for one", async (_name, name, text, title) => {
    await file(name, text);
    expect((await only()).title).toBe(title);
  });

  it("has the same hash wherever and whenever it was copied, and another one when its tags change", async () => {
    const path = await file("kelp.md", "Kelp grips rock.");
    const before = (await only()).contentHash;
    await utimes(path, 1, 1);
    expect(await only()).toMatchObject({ createdAt: "1970-01-01T00:00:01.000Z", contentHash: before });
    await file("kelp.md", "---\ntags: sea\n---\nKelp grips rock.");
    expect((await only()).contentHash).not.toBe(before);
  });

  it("that is kept back says why", async () => {
    await file("kelp.md", "---\ndraft: true\n---\nKelp");
    expect((await only()).document).toEqual({ body: "Kelp", withheld: "draft: true" });
  });

  it("can be read alone, with the same id as in its folder", async () => {
    const path = await file("kelp.md", "Kelp");
    const inFolder = await records();
    expect(await records(path)).toEqual(inFolder);
  });
});

describe("the date of a document", () => {
  it("comes from front matter, else its name, else its first commit, else the file's time", async () => {
    git("init", "-q");
    const text = "Kelp";
    await file("2024-02-02-a.md", "---\ndate: 2024-01-01\n---\nKelp");
    await file("2024-02-02-b.md", text);
    await file("sub/ü.md", text);
    commit("2024-03-03T12:00:00+09:00");
    await file("sub/ü.md", "Kelp and more");
    commit("2024-05-05T12:00:00Z");
    await utimes(await file("z.md", text), 1_700_000_000, 1_700_000_000);
    const dates = (await records()).map((record) => record.kind === "item" && record.content.createdAt);
    expect(dates).toEqual([
      "2024-01-01T00:00:00.000Z",
      "2024-02-02T00:00:00.000Z",
      "2024-03-03T03:00:00.000Z",
      "2023-11-14T22:13:20.000Z",
    ]);
  });

  it("is found without git, too", async () => {
    await utimes(await file("z.md", "Kelp"), 1_700_000_000, 1_700_000_000);
    const path = process.env["PATH"];
    process.env["PATH"] = "";
    try {
      expect((await only()).createdAt).toBe("2023-11-14T22:13:20.000Z");
    } finally {
      process.env["PATH"] = path;
    }
  });
});

describe("what is left out", () => {
  it("is a note of ours, the folder that notes go to, and the folders of programs", async () => {
    await file("a.md", "---\nsource_id: claude:1\nsession: 20260119_143052\n---\nText");
    await file("b.md", "---\nsource_id: 7\n---\nText");
    await file("notes/c.md", "Text");
    for (const name of [".obsidian/d.md", "node_modules/x/e.md", "_site/f.md"]) await file(name, "Text");
    expect(
      (await records(folder, { except: join(folder, "notes") })).map((record) => ({ ...record, content: 0 })),
    ).toMatchObject([
      { kind: "skipped", reason: "the folder that the notes go to is not read" },
      { kind: "skipped", itemId: "markdown:journal/a.md", reason: "a note that an import wrote" },
      { kind: "item", itemId: "markdown:journal/b.md" },
    ]);
  });

  it.each([
    [
      "front matter that is broken",
      "---\ntitle: [a\n---\nText",
      /kelp\.md has front matter that is not YAML: .* not affected/,
    ],
    ["bytes that are no text", "a\0b", /kelp\.md is not text/],
    // "Seaweed" in Shift JIS.
    ["another encoding", Buffer.from("8a4391 94".replaceAll(" ", ""), "hex"), /kelp\.md is not text in UTF-8/],
  ])("is broken for %s, at no cost to the others", async (_name, text, says) => {
    await file("kelp.md", text);
    await file("sea.md", "Text");
    const [broken, item] = await records();
    expect(broken).toMatchObject({ kind: "broken", itemId: "markdown:journal/kelp.md" });
    expect(broken?.kind === "broken" && broken.error.message).toMatch(says);
    expect(item).toMatchObject({ kind: "item" });
  });

  it("takes its title from a first line of any length, without the marks at its end", async () => {
    const spaces = " ".repeat(100_000);
    await file("a.md", `# Kelp${spaces}holds ## ${spaces}\nText`);
    expect(await records()).toMatchObject([{ kind: "item", content: { title: `Kelp${spaces}holds` } }]);
  });

  it("never is the whole folder without a word", async () => {
    const check = (options?: DocumentSourceOptions): Promise<unknown> =>
      readMarkdown(folder, options).check({ signal });
    await expect(check()).rejects.toThrow("holds no Markdown files");
    await file("a.md", "Text");
    await expect(check({ except: folder })).rejects.toThrow("is also the folder that the notes go to");
    await expect(check()).resolves.toEqual([{ path: folder, bytes: 4 }]);
  });
});
