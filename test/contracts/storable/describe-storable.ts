import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { JsonValue } from "../../../src/core/base/index.ts";
import { StepError } from "../../../src/core/failure/index.ts";
import {
  definePipeline,
  fanOut,
  filterItem,
  sendToReview,
  skipItem,
  type Sink,
  type Source,
  type SourceRecord,
} from "../../../src/core/pipeline/index.ts";
import { retryFailed, runPipeline } from "../../../src/run/index.ts";
import { listItems, reportItem } from "../../../src/run/reports/index.ts";
import type { EngineUnderTest } from "../engine/describe-engine.ts";

interface Text {
  readonly what: string;
  readonly text: string;
}

/** Texts that some database refuses, or gives back as another text. */
const TEXTS: readonly Text[] = [
  { what: "NUL", text: "a\0b\0" },
  { what: "half a character", text: "\ud800 and \udc00" },
  { what: "escape sequences", text: "\u001b[31mred\u0007\u202e\u009b2J\r\n\u2028" },
  { what: "what a boxed text looks like", text: '\u001a"a"' },
  { what: "the name of every object's prototype", text: "__proto__" },
  { what: "2 million characters", text: `${"k".repeat(2_000_000)}\0` },
];

const levels = (count: number): JsonValue => {
  let value: JsonValue = 1;
  for (let level = 0; level < count; level += 1) value = [value];
  return value;
};

/** The text, the one thing that differs between the items of one session; JSON takes any text as a key too. */
const named = (text: string): JsonValue =>
  JSON.parse(`{${JSON.stringify(text)}:${JSON.stringify([text])}}`) as JsonValue;

interface Content {
  readonly at: string;
  readonly value: JsonValue;
}

/** Where a text can be, as the end of the item that has it there. */
const PLACES = ["content", "output", "metadata", "source path", "id", "skip", "filter", "review", "failure", "child"];

/**
 * What goes through a store or a queue comes back as it was, whatever it is, as tests for vitest: the same table for each
 * store and each queue.
 */
export function describeStorable(
  name: string,
  { tags }: { readonly tags: "soak"[] },
  open: () => Promise<EngineUnderTest & AsyncDisposable>,
): void {
  describe(`what goes through ${name}`, { tags }, () => {
    let opened: EngineUnderTest & AsyncDisposable;
    beforeAll(async () => {
      opened = await open();
    });
    afterAll(() => opened[Symbol.asyncDispose]());

    async function run(elements: readonly SourceRecord<Content>[], give?: (content: Content) => unknown) {
      const loaded = new Map<string, Content>();
      const calls = new Map<string, number>();
      const pipeline = definePipeline("storable").phase("work", (phase) =>
        phase
          .extract(listed(elements))
          .step("act", (content: Content, { itemId }) => {
            calls.set(itemId, (calls.get(itemId) ?? 0) + 1);
            return (give ?? act)(content) as Content;
          })
          .step("pass", (content) => content)
          .load(keptIn(loaded)),
      );
      const workspace = join(mkdtempSync(join(tmpdir(), "holdfast-storable-")), ".holdfast");
      const workers = await opened.startWorkers(pipeline, undefined);
      const { session } = await runPipeline(pipeline, { workspace, engine: opened.engine });
      const itemOf = async (itemId: string) => {
        const [details] = await reportItem(workspace, session.id, itemId);
        return details?.item;
      };
      const close = () => workers[Symbol.asyncDispose]();
      return { pipeline, workspace, session, loaded, calls, itemOf, [Symbol.asyncDispose]: close };
    }

    for (const { what, text } of TEXTS)
      it(`is what it was: ${what}`, { tags: text.length > 1_000_000 ? "soak" : [] }, async () => {
        await using ran = await run(PLACES.map((place) => elementAt(place, text)));
        const { loaded, calls, session, itemOf } = ran;
        expect(session.counts).toMatchObject({
          pending: 0,
          failed: 1,
          skipped: 1,
          filtered: 1,
          review: 1,
          completed: 7,
        });
        // Nothing was refused and done again.
        expect(Math.max(...calls.values())).toBe(1);
        const value = named(text);
        same(loaded.get("content")?.value, value);
        same(loaded.get("output")?.value, value);
        same((await itemOf("metadata"))?.metadata, { fact: value });
        same((await itemOf("source path"))?.sourcePath, text);
        same((await itemOf(`id ${text}`))?.itemId, `id ${text}`);
        same(loaded.get(`id ${text}`)?.at, "id");
        same((await itemOf("skip"))?.reason, text);
        same((await itemOf("filter"))?.reason, text);
        same((await itemOf("review"))?.reason, text);
        const failed = await itemOf("failure");
        same(failed?.failure?.message, text);
        const [evidence] = JSON.parse(readFileSync(join(failed?.failure?.folder ?? "", "error.json"), "utf8")).error;
        same(evidence.message, text);
        same(loaded.get(`child/c${text}`)?.at, "child");
        // It is found by its id, and fails again for the same reason.
        const retried = await retryFailed(session.id, ran.pipeline, {
          workspace: ran.workspace,
          engine: opened.engine,
          query: { itemIds: ["failure"] },
        });
        expect(retried.session.counts.failed).toBe(1);
      });

    it.each(["content", "id", "skip", "failure"])(
      "is what it was: 50 million characters, as %s",
      { tags: "soak" },
      async (place) => {
        const text = "k".repeat(50_000_000);
        await using ran = await run([elementAt(place, text)]);
        const { loaded, itemOf } = ran;
        if (place === "content") same(loaded.get("content")?.value, named(text));
        if (place === "id") same((await itemOf(`id ${text}`))?.itemId, `id ${text}`);
        if (place === "skip") same((await itemOf("skip"))?.reason, text);
        if (place === "failure") same((await itemOf("failure"))?.failure?.message, text);
      },
    );

    it("fails its item once, with the reason, where it is nested too deeply, and leaves the others alone", async () => {
      const deep = levels(1_000_000);
      await using ran = await run(
        [
          { kind: "item", itemId: "deep content", sourcePath: "s", content: { at: "content", value: deep } },
          {
            kind: "item",
            itemId: "deep metadata",
            sourcePath: "s",
            content: { at: "content", value: 1 },
            metadata: { deep },
          },
          { kind: "item", itemId: "deep output", sourcePath: "s", content: { at: "deep", value: 1 } },
          { kind: "item", itemId: "not so deep", sourcePath: "s", content: { at: "content", value: levels(1_500) } },
        ],
        (content) => (content.at === "deep" ? { at: "deep", value: deep } : content),
      );
      const { session, loaded, itemOf } = ran;
      expect(session.counts).toMatchObject({ failed: 3, completed: 1, pending: 0 });
      for (const id of ["deep content", "deep metadata", "deep output"]) {
        expect((await itemOf(id))?.failure).toMatchObject({
          kind: "input",
          message: expect.stringContaining("nested too deeply"),
        });
      }
      expect(JSON.stringify(loaded.get("not so deep")?.value)).toBe(JSON.stringify(levels(1_500)));
    });

    it("is found again by the id that it failed under", async () => {
      const ids = ["plain", "a\0b", "\ud800", "\udc00", '\u001a"a"'];
      await using ran = await run(
        ids.map((itemId) => ({ kind: "item", itemId, sourcePath: "s", content: { at: "once", value: 1 } })),
        (() => {
          const seen = new Set<string>();
          let left = ids.length;
          return (content: Content) => {
            left -= 1;
            seen.add(content.at);
            if (left >= 0) throw new StepError("input", "not yet");
            return content;
          };
        })(),
      );
      const { workspace, session, pipeline, loaded } = ran;
      expect(session.counts.failed).toBe(ids.length);
      const { items } = await listItems(workspace, session.id, { status: "failed" });
      expect(items.map(({ itemId }) => itemId)).toEqual(ids);
      const { session: retried } = await retryFailed(session.id, pipeline, {
        workspace,
        engine: opened.engine,
        query: { itemIds: ids },
      });
      expect(retried.counts).toMatchObject({ failed: 0, completed: ids.length });
      expect([...loaded.keys()].toSorted()).toEqual(ids.toSorted());
    });
  });
}

/** Without the difference itself, which may be millions of characters long. */
function same(actual: unknown, expected: JsonValue): void {
  const [got, wanted] = [JSON.stringify(actual) ?? "nothing", JSON.stringify(expected)];
  if (got !== wanted) expect(`${got.slice(0, 200)} (${got.length})`).toBe(`${wanted.slice(0, 200)} (${wanted.length})`);
}

function elementAt(place: string, text: string): SourceRecord<Content> {
  const value = place === "content" ? named(text) : text;
  return {
    kind: "item",
    itemId: place === "id" ? `id ${text}` : place,
    sourcePath: place === "source path" ? text : "memory",
    content: { at: place, value },
    ...(place === "metadata" && { metadata: { fact: named(text) } }),
  };
}

/** Ends the item as its place says, with the text there. */
function act({ at, value }: Content): unknown {
  const text = typeof value === "string" ? value : "";
  switch (at) {
    case "output":
      return { at, value: named(text) };
    case "skip":
      return skipItem(text);
    case "filter":
      return filterItem(text);
    case "review":
      return sendToReview(text, { at, value });
    case "failure":
      throw new StepError("input", text, { request: text, rawAnswer: text, cause: new Error(text) });
    case "child":
      return fanOut([{ at, value: 1 }], { id: () => `c${text}` });
    default:
      return { at, value };
  }
}

const listed = (elements: readonly SourceRecord<Content>[]): Source<Content> => ({
  name: "list",
  version: 1,
  check: async () => [],
  async *read() {
    yield* elements;
  },
});

const keptIn = (loaded: Map<string, Content>): Sink<Content> => ({
  name: "keep",
  version: 1,
  check: async () => {},
  load: async (content, { itemId }) => {
    loaded.set(itemId, content);
    return { outputPath: `memory/${itemId}` };
  },
});
