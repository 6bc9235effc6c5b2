import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Ledger } from "../../../core/ledger.ts";
import { skip } from "../../../core/outcome.ts";
import { memoryWorkspace } from "../../../stores/workspace/index.ts";
import { contextWith } from "../fixtures/context.ts";
import { conversationWith } from "../fixtures/conversation.ts";
import { skipUnchanged } from "./skip-unchanged.ts";

const conversation = conversationWith();
const SKIPPED = skip("unchanged since the last import");

let folder: string;
let ledger: Ledger;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "holdfast-skip-"));
  ({ ledger } = memoryWorkspace());
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const intend = (contentHash: string): boolean =>
  ledger.intend({
    target: folder,
    sourceId: "claude:0001",
    contentHash,
    path: "kelp.md",
    pendingHash: `of ${contentHash}`,
  });

async function write(contentHash: string): Promise<void> {
  intend(contentHash);
  await writeFile(join(folder, "kelp.md"), "# Kelp");
  ledger.confirm(folder, "claude:0001");
}

const run = (into = folder): unknown => skipUnchanged({ folder: into }).process(conversation, contextWith({ ledger }));

describe("skipUnchanged", () => {
  it("skips a conversation whose note is there and was made from the same content", async () => {
    await write(conversation.contentHash);
    expect(await run()).toEqual(SKIPPED);
  });

  it("finds the note when the folder is given relative to where the command runs", async () => {
    await write(conversation.contentHash);
    expect(await run(relative(process.cwd(), folder))).toEqual(SKIPPED);
  });

  it("skips a note that a person edited", async () => {
    await write(conversation.contentHash);
    await writeFile(join(folder, "kelp.md"), "# Kelp, as I see it");
    expect(await run()).toEqual(SKIPPED);
  });

  it("goes on when nothing was written yet", async () => {
    expect(await run()).toBe(conversation);
  });

  it("goes on when the conversation has grown", async () => {
    await write("the content before");
    expect(await run()).toBe(conversation);
  });

  it("goes on when the first write was not finished", async () => {
    intend(conversation.contentHash);
    await writeFile(join(folder, "kelp.md"), "# Ke");
    expect(await run()).toBe(conversation);
  });

  it("goes on when the update of an older note was not finished", async () => {
    await write("the content before");
    intend(conversation.contentHash);
    expect(await run()).toBe(conversation);
  });

  it("goes on when the note is gone", async () => {
    await write(conversation.contentHash);
    await rm(join(folder, "kelp.md"));
    expect(await run()).toBe(conversation);
  });

  it("goes on when the note is in another folder", async () => {
    await write(conversation.contentHash);
    expect(await run(join(folder, "other"))).toBe(conversation);
  });
});
