import { sha256 } from "../../../core/base/index.ts";
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Ledger } from "../../../core/storage/ledger.ts";
import { skipItem } from "../../../core/pipeline/outcome.ts";
import { memoryWorkspace } from "../../../stores/workspace/index.ts";
import { OnEdited } from "../../../stages/load/markdown/index.ts";
import { contextWith } from "../fixtures/context.ts";
import { conversationWith } from "../fixtures/conversation.ts";
import { skipUnchanged, type SkipUnchangedOptions } from "./skip-unchanged.ts";

const conversation = conversationWith();
const UNCHANGED = skipItem("unchanged since the last import");
const KEPT = skipItem("edited by you, kept as it is");
const BESIDE = skipItem("edited by you; the newer version is already beside it");

const sourceId = "claude:0001";
const NEW = conversation.contentHash;
const OLD = "the content before";

let folder: string;
let ledger: Ledger;
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), "holdfast-skip-")));
  ({ ledger } = memoryWorkspace());
});
afterEach(() => rm(folder, { recursive: true, force: true }));

interface Written {
  readonly target?: string;
  readonly id?: string;
  readonly path?: string;
}

const textOf = (contentHash: string): string => `# Kelp, made from ${contentHash}`;

const intend = (contentHash: string, { target = folder, id = sourceId, path = "kelp.md" }: Written = {}): boolean =>
  ledger.intend({ target, sourceId: id, contentHash, path, pendingHash: sha256(textOf(contentHash)) });

/** Writes a note as the sink does. */
async function write(contentHash: string, more: Written = {}): Promise<void> {
  const { target = folder, id = sourceId, path = "kelp.md" } = more;
  intend(contentHash, more);
  await mkdir(target, { recursive: true });
  await writeFile(join(target, path), textOf(contentHash));
  ledger.confirm(target, id);
}

const edit = (path = "kelp.md"): Promise<void> => writeFile(join(folder, path), "# Kelp, as I see it");

const run = (options: Partial<SkipUnchangedOptions> = {}): unknown =>
  skipUnchanged({ folder, ...options }).process(conversation, contextWith({ ledger }));

describe("skipUnchanged", () => {
  it("skips a conversation whose note is there and was made from the same content", async () => {
    await write(NEW);
    expect(await run()).toEqual(UNCHANGED);
  });

  it("lets an item pass that a person asks for again, unless their edit is kept", async () => {
    const again = (): unknown => skipUnchanged({ folder }).process(conversation, contextWith({ ledger, force: true }));
    await write(NEW);
    expect(await again()).toBe(conversation);
    await write(OLD);
    await edit();
    expect(await again()).toEqual(KEPT);
  });

  it("finds the note when the folder is given relative to where the command runs", async () => {
    await write(NEW);
    expect(await run({ folder: relative(process.cwd(), folder) })).toEqual(UNCHANGED);
  });

  it("finds the note through a symbolic link, as the sink does", async () => {
    await write(NEW);
    const link = join(folder, "link");
    await symlink(folder, link);
    expect(await run({ folder: link })).toEqual(UNCHANGED);
  });

  it.each(["2026/2026-01/kelp.md", "claude/kelp.md", "../vault/science/kelp.md"])(
    "finds the note at %s, where the ledger says it is",
    async (path) => {
      const notes = join(folder, "notes");
      await mkdir(join(notes, path, ".."), { recursive: true });
      await write(NEW, { target: notes, path });
      expect(await run({ folder: notes })).toEqual(UNCHANGED);
      await writeFile(join(notes, path), "# Kelp, as I see it");
      intend("an even newer content", { target: notes, path });
      ledger.confirm(notes, sourceId, sha256("the text that was written"));
      expect(await run({ folder: notes })).toEqual(KEPT);
    },
  );

  it("leaves a note alone that was organized elsewhere and deleted there, until that whole vault is gone", async () => {
    const notes = join(folder, "notes");
    await mkdir(join(folder, "vault", "science"), { recursive: true });
    const path = "../vault/science/kelp.md";
    await write(NEW, { target: notes, path });
    await rm(join(notes, path));
    const gone = skipItem("unchanged, and its note was moved or deleted by you");
    expect(await run({ folder: notes })).toEqual(gone);
    await rm(join(folder, "vault", "science"), { recursive: true });
    expect(await run({ folder: notes })).toEqual(gone);
    await rm(join(folder, "vault"), { recursive: true });
    expect(await run({ folder: notes })).toBe(conversation);
  });

  it("goes on when nothing was written yet", async () => {
    expect(await run()).toBe(conversation);
    expect(await run({ folder: join(folder, "nowhere") })).toBe(conversation);
  });

  it("goes on when the conversation has grown", async () => {
    await write(OLD);
    expect(await run()).toBe(conversation);
  });

  it("goes on when the first write was not finished", async () => {
    intend(NEW);
    expect(await run()).toBe(conversation);
  });

  it("goes on when the first write was finished and not confirmed", async () => {
    intend(NEW);
    await writeFile(join(folder, "kelp.md"), textOf(NEW));
    expect(await run()).toBe(conversation);
  });

  it("goes on when the update of an older note was not finished", async () => {
    await write(OLD);
    intend(NEW);
    expect(await run()).toBe(conversation);
  });

  it("goes on when the note is gone", async () => {
    await write(NEW);
    await rm(join(folder, "kelp.md"));
    expect(await run()).toBe(conversation);
  });

  it("goes on when the note is in another folder", async () => {
    await write(NEW);
    expect(await run({ folder: join(folder, "other") })).toBe(conversation);
  });
});

describe("skipUnchanged, with a note that a person edited", () => {
  it.each(Object.values(OnEdited))("skips when the conversation has not grown (%s)", async (onEdited) => {
    await write(NEW);
    await edit();
    expect(await run({ onEdited })).toEqual(UNCHANGED);
  });

  it.each([
    ["keep", KEPT],
    ["sibling", conversation],
    ["overwrite", conversation],
  ] as const)("does what %s says when the conversation has grown", async (onEdited, outcome) => {
    await write(OLD);
    await edit();
    expect(await run({ onEdited })).toEqual(outcome);
  });

  it("skips what was put beside it already, whatever became of that", async () => {
    await write(OLD);
    await edit();
    await write(NEW, { id: `${sourceId} (new)`, path: "kelp (new).md" });
    expect(await run({ onEdited: "sibling" })).toEqual(BESIDE);
    await rm(join(folder, "kelp (new).md"));
    expect(await run({ onEdited: "sibling" })).toEqual(BESIDE);
  });

  it("goes on when what was put beside it is older", async () => {
    await write("the content long ago");
    await edit();
    await write(OLD, { id: `${sourceId} (new)`, path: "kelp (new).md" });
    expect(await run({ onEdited: "sibling" })).toBe(conversation);
  });
});

describe("skipUnchanged, with a note to review", () => {
  const review = (): Written => ({ target: join(folder, "review") });

  it("skips when it was made from the same content", async () => {
    await write(NEW, review());
    expect(await run()).toEqual(UNCHANGED);
  });

  it("finds it in the folder that the options name", async () => {
    await write(NEW, { target: join(folder, "to read") });
    expect(await run({ reviewFolder: "to read" })).toEqual(UNCHANGED);
    expect(await run()).toBe(conversation);
  });

  it("goes on when the conversation has grown: it may pass this time, also when somebody edited the note", async () => {
    await write(OLD, review());
    expect(await run()).toBe(conversation);
    await edit("review/kelp.md");
    expect(await run()).toBe(conversation);
  });

  it("skips newer content that did not pass either and was kept out for somebody's edits", async () => {
    await write(OLD, review());
    await edit("review/kelp.md");
    ledger.keep(join(folder, "review"), sourceId, NEW);
    expect(await run()).toEqual(KEPT);
    expect(await run({ onEdited: "sibling" })).toBe(conversation);
  });
});
