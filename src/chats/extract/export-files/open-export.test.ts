import { createWriteStream } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ZipFile } from "yazl";
import { HoldfastError } from "../../../core/failure/errors.ts";
import { openExport } from "./index.ts";

let folder = "";

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "holdfast-export-"));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

async function file(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
  return path;
}

async function zip(
  name: string,
  entries: Readonly<Record<string, string>>,
  { forceZip64Format = false } = {},
): Promise<string> {
  const packed = new ZipFile();
  for (const [entry, content] of Object.entries(entries))
    packed.addBuffer(Buffer.from(content), entry, { forceZip64Format });
  packed.end({ forceZip64Format, comment: "" });
  const path = join(folder, name);
  await pipeline(packed.outputStream, createWriteStream(path));
  return path;
}

/** Names in order, with what is read from each. */
async function read(path: string): Promise<readonly (readonly [string, string])[]> {
  const { files } = await openExport(path);
  return Promise.all(files.map(async ({ name, read }) => [name, await textOf(read())] as const));
}

async function textOf(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts).toString();
}

async function refusal(path: string): Promise<HoldfastError> {
  const error: unknown = await openExport(path).catch((error: unknown) => error);
  if (!(error instanceof HoldfastError)) throw new Error(`expected a HoldfastError, got ${String(error)}`);
  expect(error.hint, "what to do next").toBeTruthy();
  return error;
}

describe("a file", () => {
  it("is read when it is JSON, whatever its name", async () => {
    expect(await read(await file("chats.txt", "\uFEFF [1]"))).toEqual([["chats.txt", "\uFEFF [1]"]]);
  });

  it("can be read twice", async () => {
    const [opened] = (await openExport(await file("a.json", "[1]"))).files;
    expect([await textOf(opened!.read()), await textOf(opened!.read())]).toEqual(["[1]", "[1]"]);
  });

  it.each<[string, string | Uint8Array, RegExp]>([
    ["an HTML page", "\n<!doctype html><title>Log in</title>", /looks like an HTML page/],
    ["a gzip file", Uint8Array.of(0x1f, 0x8b, 8), /is a gzip file; unpack it first/],
    ["UTF-16", Buffer.from("\uFEFF[1]", "utf16le"), /is text in UTF-16/],
    ["an empty file", "", /is empty/],
    ["white space", "\n \n", /is empty/],
    ["plain text", "hello", /is neither a zip file nor JSON/],
  ])("is refused when it holds %s", async (_name, content, says) => {
    const error = await refusal(await file("conversations.json", content));
    expect(error.code).toBe("input_malformed");
    expect(error.message).toMatch(says);
  });

  it("that is missing is named", async () => {
    const error = await refusal(join(folder, "gone.zip"));
    expect(error.code).toBe("input_unreadable");
    expect(error.message).toBe(`${join(folder, "gone.zip")} does not exist.`);
  });
});

describe("a folder", () => {
  it("gives its JSON files in the order of their numbers", async () => {
    await file("conversations-10.json", "[10]");
    await file("conversations-9.json", "[9]");
    await file("my chats.json", "[1]");
    await file("old/conversations.json", "[0]");
    expect(await read(folder)).toEqual([
      ["conversations-9.json", "[9]"],
      ["conversations-10.json", "[10]"],
      ["my chats.json", "[1]"],
      ["old/conversations.json", "[0]"],
    ]);
  });

  it.each([
    "users.json",
    "user.json",
    "user_settings.json",
    "message_feedback.json",
    "shared_conversations.json",
    "group_chats.json",
    "export_manifest.json",
    "manifest-2026-09-10.json",
    "projects.json",
    "projects/0001.json",
    "memories.json",
    "file-abc-conversations.json",
    "user-abc/conversations.json",
    "dalle-generations/conversations.json",
    ".hidden/conversations.json",
  ])("never takes %s for chats", async (name) => {
    await file("conversations.json", "[1]");
    await file(name, '[{"chat_messages":[]}]');
    expect(await read(folder)).toEqual([["conversations.json", "[1]"]]);
  });

  it.each([
    ["projects.json", "projects are not imported"],
    ["memories.json", "memories are not imported"],
    ["group_chats.json", "group chats are not imported"],
    ["report.pdf", "left alone: report.pdf is neither a zip file nor JSON"],
    [
      "page.json",
      "left alone: page.json looks like an HTML page (perhaps a login or error page that was saved in its place), not a chat export",
    ],
    ["diary.md", "Markdown files beside chats are not imported with them; import those with `from` set to markdown"],
  ])("says of %s: %s", async (name, reason) => {
    await file("conversations.json", "[1]");
    const path = await file(name, name === "page.json" ? "<html></html>" : "[1, 2, 3]");
    expect((await openExport(folder)).leftOut).toMatchObject([{ kind: "other", path, reason }]);
  });

  it("says nothing of projects and memories that hold nothing", async () => {
    await file("conversations.json", "[1]");
    await file("projects.json", "[]");
    await file("memories.json", "[]\n");
    expect((await openExport(folder)).leftOut).toEqual([]);
  });

  it("is searched down to two folders below, the excepted one left out", async () => {
    await file("data-2025/conversations.json", "[1]");
    await file("a/b/conversations.json", "[2]");
    await file("a/b/c/conversations.json", "[3]");
    await file("notes/conversations.json", "[4]");
    const { files } = await openExport(folder, { except: join(folder, "notes") });
    expect(files.map(({ name }) => name)).toEqual(["a/b/conversations.json", "data-2025/conversations.json"]);
  });

  it("reads what it can, and keeps what it cannot for a person to see", async () => {
    await file("conversations.json", "[1]");
    const cut = await zip("older.zip", { "conversations.json": "[0]" });
    await truncate(cut, 60);
    const { files, leftOut } = await openExport(folder);
    expect(files.map(({ name }) => name)).toEqual(["conversations.json"]);
    expect(leftOut).toMatchObject([
      { kind: "damaged", name: "older.zip", path: cut, error: { code: "input_malformed" } },
    ]);
  });

  it("without an export lists what was found and what was expected", async () => {
    await file("notes.md", "");
    await file("a/b/c/conversations.json", "[]");
    const error = await refusal(folder);
    expect(error.code).toBe("input_malformed");
    expect(error.message).toBe(
      `${folder} holds no chat export: expected conversations.json or another JSON file with chats in it, found a, notes.md.`,
    );
  });

  it("is read together with the zips in it", async () => {
    const path = await zip("data-2025.ZIP", { "conversations.json": "[1]" });
    await file("conversations.json", "[0]");
    await file("read me.txt", "");
    await file("photos/a.jpg", "");
    expect(await read(folder)).toEqual([
      ["conversations.json", "[0]"],
      ["data-2025.ZIP/conversations.json", "[1]"],
    ]);
    expect((await openExport(folder)).inputPaths).toEqual([join(folder, "conversations.json"), path]);
  });

  it("that is empty says so", async () => {
    expect((await refusal(folder)).message).toMatch(/found nothing\.$/);
  });
});

describe("a zip", () => {
  it("is recognised by its content", async () => {
    expect(await read(await zip("export.json", { "conversations.json": "[1]", "users.json": "[]" }))).toEqual([
      ["conversations.json", "[1]"],
    ]);
  });

  it("in the zip64 format is read", async () => {
    expect(await read(await zip("export.zip", { "conversations.json": "[1]" }, { forceZip64Format: true }))).toEqual([
      ["conversations.json", "[1]"],
    ]);
  });

  it("with several conversations files gives them in name order, each with its own path", async () => {
    const path = await zip("export.zip", {
      "conversations-001.json": "[1]",
      "conversations-000.json": "[0]",
      "conversations.json.index": "",
    });
    const { files, inputPaths } = await openExport(path);
    expect(files.map((file) => file.path)).toEqual([
      `${path}/conversations-000.json`,
      `${path}/conversations-001.json`,
    ]);
    expect(inputPaths).toEqual([path]);
  });

  it("is searched in its folders, where a Mac's resource forks and uploads are no chats", async () => {
    const path = await zip("export.zip", {
      "data/2026/conversations.json": "[1]",
      "__MACOSX/._conversations.json": "\0",
      "data/2026/file-abc.json": "[2]",
      "conversations.json.index": "",
    });
    expect(await read(path)).toEqual([["data/2026/conversations.json", "[1]"]]);
  });

  it("without an export lists what was found", async () => {
    const error = await refusal(await zip("photos.zip", { "a.jpg": "", "b.jpg": "" }));
    expect(error.message).toMatch(/expected conversations\.json .* found a\.jpg, b\.jpg\.$/);
  });

  it.each([
    ["../evil.json", /a file name in it points outside of the zip: .*\.\.\/evil\.json/],
    ["/etc/evil.json", /a file name in it points outside of the zip: .*\/etc\/evil\.json/],
    ["C:/evil.json", /a file name in it points outside of the zip: .*C:\/evil\.json/],
  ])("with an entry named %s is refused and the entry named", async (name, says) => {
    // The packer refuses such names too, so a harmless one of the same length is overwritten.
    const harmless = "x".repeat(name.length);
    const path = await zip("export.zip", { "conversations.json": "[1]", [harmless]: "{}" });
    await writeFile(path, Buffer.from((await readFile(path, "latin1")).replaceAll(harmless, name), "latin1"));
    const error = await refusal(path);
    expect(error.code).toBe("input_malformed");
    expect(error.message).toMatch(says);
  });

  it("that was cut off says that its end is missing", async () => {
    const path = await zip("export.zip", { "conversations.json": "[1]" });
    await truncate(path, 60);
    const error = await refusal(path);
    expect(error.code).toBe("input_malformed");
    expect(error.message).toMatch(/begins like a zip file, but its end is missing/);
  });

  it("with a damaged entry names the entry", async () => {
    const path = await zip("export.zip", { "conversations.json": JSON.stringify("holdfast ".repeat(500).split(" ")) });
    const bytes = await readFile(path);
    bytes.fill(0x55, 60, 70);
    await writeFile(path, bytes);
    const error = await refusal(path);
    expect(error.message).toMatch(/^conversations\.json in .*export\.zip is a damaged zip file: /);
  });
});
