import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import type { HoldfastError } from "../../../core/failure/errors.ts";
import type { Source, SourceRecord } from "../../../core/pipeline/source.ts";
import { readJsonl } from "./index.ts";
import { linesOf } from "./lines.ts";

let folder = "";

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "holdfast-jsonl-"));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

const signal = AbortSignal.any([]);
const Doc = z.object({ id: z.string(), text: z.string() });

async function file(content: string | Uint8Array, name = "docs.jsonl"): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

async function records<C>(source: Source<C>): Promise<SourceRecord<C>[]> {
  const all: SourceRecord<C>[] = [];
  for await (const record of source.read({ signal })) all.push(record);
  const [total, ...others] = all;
  expect(total, "the total comes first, and the numbers add up").toEqual({ kind: "total", count: others.length });
  return others;
}

const summary = (found: readonly SourceRecord<unknown>[]): string[] =>
  found.map((record) => (record.kind === "total" ? "total" : `${record.kind} ${record.itemId}`));

const complaint = (record: SourceRecord<unknown> | undefined): string =>
  record?.kind === "broken" ? record.error.message : "";

describe("the lines of a file", () => {
  it("become items in their order", async () => {
    const path = await file('{"id":"a","text":"1"}\n{"id":"b","text":"2"}\n');
    expect(await records(readJsonl(path, { schema: Doc }))).toEqual([
      { kind: "item", itemId: "a", sourcePath: `${path}#1`, content: { id: "a", text: "1" } },
      { kind: "item", itemId: "b", sourcePath: `${path}#2`, content: { id: "b", text: "2" } },
    ]);
  });

  it.each<[string, string]>([
    ["a byte order mark", '\uFEFF{"id":"a"}\n{"id":"b"}'],
    ["CRLF", '{"id":"a"}\r\n{"id":"b"}\r\n'],
    ["blank lines", '\n  \n{"id":"a"}\n\r\n\t{"id":"b"}  \n\n'],
  ])("may come with %s", async (_name, text) => {
    expect(summary(await records(readJsonl(await file(text))))).toEqual(["item a", "item b"]);
  });

  it("may be none", async () => {
    expect(await records(readJsonl(await file("\n")))).toEqual([]);
  });

  it("are found relative to the current folder", async () => {
    const path = await file('{"id":"a"}');
    expect(summary(await records(readJsonl(relative(process.cwd(), path))))).toEqual(["item a"]);
  });

  it("are the same, wherever the bytes are cut into chunks", async () => {
    const text = fc.array(fc.constantFrom("a", "é", "𝄞", "\n", "\r\n", " ", "\uFEFF")).map((parts) => parts.join(""));
    await fc.assert(
      fc.asyncProperty(text, fc.nat(), async (text, cut) => {
        const bytes = Buffer.from(text);
        const at = cut % (bytes.length + 1);
        const found = [];
        for await (const { number, text } of linesOf(inOrder(bytes.subarray(0, at), bytes.subarray(at))))
          found.push([number, text]);
        const expected = text.split("\n").map((line, i) => [i + 1, line.trim()]);
        expect(found).toEqual(expected.filter(([, line]) => line !== ""));
      }),
    );
  });

  it("that are too long cost only themselves", async () => {
    const lines = [];
    for await (const line of linesOf(inOrder(Buffer.from('1\n"long long"\n2')), { maxLineBytes: 5 })) lines.push(line);
    expect(lines.map(({ text, isTooLong }) => [text, isTooLong])).toEqual([
      ["1", false],
      ['"long', true],
      ["2", false],
    ]);
  });
});

async function* inOrder(...chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
}

describe("an item's id", () => {
  it("is what `id` gives, or the content's own, or file and line", async () => {
    const path = await file('{"id":"a","n":1}\n{"id":7,"n":2}\n{"id":"","n":3}\n{"n":4}\n5\n');
    expect(summary(await records(readJsonl(path)))).toEqual([
      "item a",
      "item 7",
      "item docs.jsonl#3",
      "item docs.jsonl#4",
      "item docs.jsonl#5",
    ]);
    const schema = z.looseObject({ n: z.number() });
    const named = await records(readJsonl(path, { schema, id: ({ n }) => `n${n}` }));
    expect(summary(named)).toEqual(["item n1", "item n2", "item n3", "item n4", "broken docs.jsonl#5"]);
  });

  it("that came before makes the line a duplicate", async () => {
    const found = await records(readJsonl(await file('{"id":1,"v":"first"}\n\n{"id":"1"}\n{"id":1}\n')));
    expect(summary(found)).toEqual(["item 1", "skipped 1#3", "skipped 1#4"]);
    expect(found[2]).toMatchObject({ reason: "an earlier line has the same id" });
  });

  it("that `id` cannot give makes the line broken", async () => {
    const path = await file('{"id":"a"}\n');
    const fails = (): string => {
      throw new Error("no such field");
    };
    expect(complaint((await records(readJsonl(path, { id: fails })))[0])).toMatch(
      /could not be checked \(no such field\)/,
    );
    expect(complaint((await records(readJsonl(path, { id: () => "" })))[0])).toMatch(/has no id/);
  });
});

describe("a broken line names file, line and what was expected", () => {
  it("when it is not JSON", async () => {
    const found = await records(readJsonl(await file('{"id":"a"}\noops {\n{"id":"c"}')));
    expect(summary(found)).toEqual(["item a", "broken docs.jsonl#2", "item c"]);
    expect(found[1]).toMatchObject({ sourcePath: `${join(folder, "docs.jsonl")}#2`, input: "oops {" });
    expect(complaint(found[1])).toMatch(
      /^Line 2 of docs\.jsonl is not JSON \(.+\); expected one JSON value on each line\./,
    );
  });

  it("when it does not fit the schema", async () => {
    const found = await records(readJsonl(await file('{"id":"a","text":1}\n{"id":"b","text":"2"}'), { schema: Doc }));
    expect(summary(found)).toEqual(["broken docs.jsonl#1", "item b"]);
    expect(complaint(found[0])).toMatch(/^Line 1 of docs\.jsonl does not fit the schema \(text: .*expected string/);
  });
});

it("gives what the schema puts out, also when it takes its time", async () => {
  const schema = z.object({ at: z.string() }).transform(async ({ at }) => ({ id: at, year: Number(at.slice(0, 4)) }));
  const [record] = await records(readJsonl(await file('{"at":"2025-01-01"}'), { schema }));
  expect(record).toMatchObject({ itemId: "2025-01-01", content: { id: "2025-01-01", year: 2025 } });
});

describe("the check before a run", () => {
  it("gives size and hash of the file", async () => {
    const path = await file("1\n");
    expect(await readJsonl(path).check({ signal })).toEqual([
      { path, bytes: 2, sha256: "4355a46b19d348dc2f57c046f8ef63d4538ebb936000f3c9ee954a27460dd865" },
    ]);
  });

  it.each<[string, () => Promise<string>, HoldfastError["code"], RegExp]>([
    ["a missing file", async () => join(folder, "gone.jsonl"), "input_unreadable", /gone\.jsonl does not exist\.$/],
    ["a folder", async () => folder, "input_unreadable", /is a folder where a file is needed\.$/],
    ["a zip", () => file("PK\u0003\u0004"), "input_malformed", /is a zip file, not JSON Lines\.$/],
    ["an HTML page", () => file("<html>"), "input_malformed", /looks like an HTML page/],
  ])("refuses %s", async (_name, path, code, message) => {
    await expect(readJsonl(await path()).check({ signal })).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
  });
});
