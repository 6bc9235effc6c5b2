import { createWriteStream } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ZipFile } from "yazl";
import { openExport } from "./index.ts";
import { readManifest } from "./manifest.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "holdfast-manifest-"));
});
afterEach(() => rm(folder, { recursive: true }));

const address = (path: string): string => `https://files.example.org/exports/${path}&X-Signature=SECRET`;

/** As the service delivers it: a list of addresses, each of a zip. */
const BUNDLE = {
  created_at: "2026-09-10T21:25:17Z",
  files: [
    { name: "conversations-000.zip", url: address("1?x=1") },
    { name: "conversations-001.zip", url: address("2?x=1") },
    { name: "projects-000.zip", url: address("3?x=1") },
    { name: "memories.zip", url: address("4?x=1") },
  ],
};

async function manifest(content: unknown): Promise<string> {
  const path = join(folder, "manifest-0f3c-2026-09-10-21-25-17.json");
  await writeFile(path, JSON.stringify(content));
  return path;
}

async function zip(name: string, entries: Readonly<Record<string, unknown>>): Promise<void> {
  const packed = new ZipFile();
  for (const [entry, content] of Object.entries(entries)) packed.addBuffer(Buffer.from(JSON.stringify(content)), entry);
  packed.end();
  await pipeline(packed.outputStream, createWriteStream(join(folder, name)));
}

const refusal = (path: string): Promise<unknown> => openExport(path).catch((error: unknown) => error);

describe("a manifest", () => {
  it("opens the zips with chats that lie beside it, downloaded twice or unpacked by the browser", async () => {
    const path = await manifest(BUNDLE);
    await zip("conversations-000 (1).zip", { "conversations.json": [1] });
    await mkdir(join(folder, "conversations-001"));
    await writeFile(join(folder, "conversations-001", "conversations.json"), "[2]");
    await zip("projects-000.zip", { "projects/0001.json": { docs: [] } });
    await zip("other.zip", { "conversations.json": [9] });
    const { files } = await openExport(path);
    expect(files.map(({ name }) => name)).toEqual([
      "conversations-000 (1).zip/conversations.json",
      "conversations.json",
    ]);
  });

  it("without its zips says which files to download, and tells no address", async () => {
    const path = await manifest(BUNDLE);
    await zip("projects-000.zip", { "projects/0001.json": { docs: [] } });
    const error = await refusal(path);
    expect(error).toMatchObject({
      code: "input_malformed",
      message: `${path} lists the files of an export, and conversations-000.zip, conversations-001.zip are not beside it.`,
      hint: expect.stringContaining("Download those files"),
    });
    expect(JSON.stringify(error)).not.toContain("SECRET");
    expect(await refusal(folder)).toMatchObject({ message: expect.stringContaining("conversations-000.zip") });
  });

  it("in a folder with only some of its zips is told beside what was read", async () => {
    const path = await manifest(BUNDLE);
    await zip("conversations-000.zip", { "conversations.json": [1] });
    const { files, leftOut } = await openExport(folder);
    expect(files.map(({ name }) => name)).toEqual(["conversations-000.zip/conversations.json"]);
    expect(leftOut).toMatchObject([
      { kind: "damaged", path, error: { message: expect.stringContaining("conversations-001.zip is not beside it") } },
    ]);
  });
});

describe("reading a manifest", () => {
  it.each<[string, unknown, readonly string[]]>([
    [
      "a list of addresses",
      { urls: [address("conversations-000.zip?x=1"), address("users.zip?x=1")] },
      ["conversations-000.zip"],
    ],
    ["addresses by name", { conversations: address("conversations.zip?x=1") }, ["conversations.zip"]],
    [
      "addresses that carry the name of the download",
      { a: `https://x.example/1?response-content-disposition=attachment%3B%20filename%3D%22conversations-000.zip%22` },
      ["conversations-000.zip"],
    ],
    [
      "zips that do not say what they hold",
      { files: [address("b.zip?x=1"), address("a.zip?x=1")] },
      ["a.zip", "b.zip"],
    ],
  ])("finds the zips in %s", async (_name, content, zipNames) => {
    expect(await readManifest(await manifest(content))).toMatchObject({ zipNames });
  });

  it.each<[string, unknown]>([
    ["a web app's manifest", { name: "App", icons: [{ src: "https://x.example/a.png" }] }],
    ["a chat that speaks of a zip", { uuid: "1", chat_messages: [], link: address("conversations.zip?x=1") }],
    ["an array", [{ name: "conversations.zip", url: address("1") }]],
    ["an address that is none", { a: "https://%", b: "https://x.example/%zz" }],
  ])("takes %s for none", async (_name, content) => {
    expect(await readManifest(await manifest(content))).toBeUndefined();
  });
});
