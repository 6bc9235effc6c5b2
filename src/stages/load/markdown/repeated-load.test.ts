import { mkdtempSync, readFileSync, readdirSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Ledger } from "../../../core/storage/ledger.ts";
import { memoryWorkspace } from "../../../stores/workspace/index.ts";
import type { Note } from "../../note/note.ts";
import { loadContext } from "./fixtures/load-context.ts";
import { writeMarkdown, type OnEdited } from "./index.ts";

let notes: string;
let ledger: Ledger;
beforeEach(() => {
  notes = realpathSync(mkdtempSync(join(tmpdir(), "holdfast-repeated-")));
  ({ ledger } = memoryWorkspace());
});
afterEach(() => rmSync(notes, { recursive: true }));

interface Case {
  readonly change: string;
  readonly name: string;
  readonly onEdited?: OnEdited;
  /** What had become of an earlier note. */
  readonly before?: "kept" | "deleted" | "edited";
  /** The files there are in the end. */
  readonly files: readonly string[];
}

const CASES: readonly Case[] = [
  { change: "created", name: "Kelp.md", files: ["Kelp.md"] },
  { change: "updated", name: "Kelp.md", before: "kept", files: ["Kelp.md"] },
  { change: "created", name: "Kelp.md", before: "deleted", files: ["Kelp.md"] },
  {
    change: "beside",
    name: "Kelp (new).md",
    before: "edited",
    onEdited: "sibling",
    files: ["Kelp (new).md", "Kelp.md"],
  },
  {
    change: "replaced",
    name: "Kelp.md",
    before: "edited",
    onEdited: "overwrite",
    files: ["Kelp (your version).md", "Kelp.md"],
  },
];

const THIS_CALL = "20260120_090000/import/1/write_note/1/0";

const noteOf = (content: string): Note => ({ title: "Kelp", body: content, contentHash: content });

/** A load of the session that is cut off and resumed. */
const load = (onEdited: OnEdited = "keep", into: Ledger = ledger) =>
  writeMarkdown(notes, noteOf, { onEdited }).load("two", loadContext(into, "1", { idempotencyKey: THIS_CALL }));

async function prepare({ before }: Case): Promise<void> {
  const file = join(notes, "Kelp.md");
  if (before !== undefined) await writeMarkdown(notes, noteOf).load("one", loadContext(ledger, "1"));
  if (before === "deleted") rmSync(file);
  if (before === "edited") writeFileSync(file, "mine");
}

const texts = (): ReadonlyMap<string, string> =>
  new Map(
    readdirSync(notes)
      .toSorted()
      .map((name) => [name, readFileSync(join(notes, name), "utf8")]),
  );

/** A ledger that dies at its n-th write: before it, or after it was durable. */
function dying(n: number, when: "before" | "after"): Ledger {
  let writes = 0;
  const strike =
    <A extends readonly unknown[], R>(write: (...args: A) => R) =>
    (...args: A): R => {
      writes += 1;
      if (writes === n && when === "before") throw new Error("killed");
      const result = write(...args);
      if (writes === n) throw new Error("killed");
      return result;
    };
  return { ...ledger, intend: strike(ledger.intend), confirm: strike(ledger.confirm), keep: strike(ledger.keep) };
}

describe.each(CASES)("a load that is repeated after a crash: $change, of a note that was $before", (wanted) => {
  const said = () => ({ outputPath: join(notes, wanted.name), change: wanted.change });

  test("tells the same when only its record was lost", async () => {
    await prepare(wanted);
    expect(await load(wanted.onEdited)).toEqual(said());
    const calm = texts();
    expect(await load(wanted.onEdited)).toEqual(said());
    expect(texts()).toEqual(calm);
  });

  test.each(
    [1, 2, 3].flatMap((n) => [
      { n, when: "before" as const },
      { n, when: "after" as const },
    ]),
  )("tells the same when it was cut off $when its write $n to the ledger", async ({ n, when }) => {
    await prepare(wanted);
    const first = await load(wanted.onEdited, dying(n, when)).catch(() => "killed");
    expect(["killed", said()]).toContainEqual(first);
    expect(await load(wanted.onEdited)).toEqual(said());
    expect([...texts().keys()]).toEqual(wanted.files);
    expect(texts().get(wanted.name)).toContain("two");
    expect([...texts().values()].includes("mine")).toBe(wanted.before === "edited");
  });
});

test("a note that was edited between a crash and the resume stays as the user made it", async () => {
  await load();
  writeFileSync(join(notes, "Kelp.md"), "mine");
  expect(await load()).toEqual({ outputPath: join(notes, "Kelp.md"), change: "created" });
  expect(texts()).toEqual(new Map([["Kelp.md", "mine"]]));
});

test("an item that is done again reports what that did", async () => {
  await load();
  const again = loadContext(ledger, "1", { idempotencyKey: THIS_CALL.replace("/1/0", "/2/0") });
  expect(await writeMarkdown(notes, noteOf).load("two", again)).toMatchObject({ change: "updated" });
});
