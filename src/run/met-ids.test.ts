import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { JsonValue } from "../core/base/index.ts";
import { StepError } from "../core/failure/index.ts";
import {
  definePipeline,
  fanOut,
  fanOutAgain,
  type AnyPipeline,
  type Sink,
  type Source,
} from "../core/pipeline/index.ts";
import type { SessionOutcome } from "../core/runner/index.ts";
import { listItems } from "./reports/list-items.ts";
import { resumeSession, retryFailed, runPipeline } from "./index.ts";

const newWorkspace = (): string => join(mkdtempSync(join(tmpdir(), "holdfast-ids-")), ".holdfast");

/** An item's id, and the parts that it is split into; none for one that stays whole. */
type Row = readonly [itemId: string, parts?: readonly string[]];

/** A source whose later rows come when the parts of the earlier ones are in the store. */
function rows(first: readonly Row[], later: readonly Row[], areThere: Promise<void>): Source<readonly string[]> {
  const toItem = ([itemId, content = []]: Row) => ({ kind: "item", itemId, sourcePath: "memory", content }) as const;
  return {
    name: "rows",
    version: 1,
    check: async () => [],
    async *read() {
      yield* first.map(toItem);
      if (later.length > 0) await areThere;
      yield* later.map(toItem);
    },
  };
}

const keep = (loaded: string[]): Sink<JsonValue> => ({
  name: "keep",
  version: 1,
  check: async () => {},
  load: async (_content, { itemId }) => {
    loaded.push(itemId);
    return { outputPath: "memory" };
  },
});

interface Made {
  readonly pipeline: AnyPipeline;
  readonly loaded: string[];
  /** Whether the API behind the first step answers. */
  readonly api: { isUp: boolean };
  /** Names the parts so that no id meets another. */
  readonly naming: { isApart: boolean };
}

function made({ first, later = [], collects }: Case): Made {
  const loaded: string[] = [];
  const api = { isUp: true };
  const naming = { isApart: false };
  const { promise, resolve } = Promise.withResolvers<void>();
  const id = (part: string, n: number): string => (naming.isApart ? `part:${n}` : part);
  const pipeline = definePipeline("ids").phase("work", (phase) => {
    const parts = phase
      .extract(rows(first, later, promise))
      .step("pay", (content) => {
        if (!api.isUp) throw new StepError("quota", "the wallet is empty");
        return content;
      })
      .step("split", (content, { itemId }) =>
        content.length === 0 || itemId.split("/").length > 2
          ? content
          : fanOut(
              content.map((one) => [one]),
              { id: ([one = ""], n) => id(one, n) },
            ),
      )
      .step("up", (content) => {
        resolve();
        return content.map((text) => text.toUpperCase());
      });
    return collects ? parts.collect("join", (all) => all.flat()).load(keep(loaded)) : parts.load(keep(loaded));
  });
  return { pipeline, loaded, api, naming };
}

interface Case {
  readonly what: string;
  readonly first: readonly Row[];
  readonly later?: readonly Row[];
  readonly collects?: boolean;
  /** The ids of the items that fail, and what they say. */
  readonly fails: readonly (readonly [itemId: string, reason: string])[];
  /** How many items of all come to their end. */
  readonly completed: number;
}

const CASES: readonly Case[] = [
  {
    what: "a part is called as an item that was read before",
    first: [["docs", ["1", "2"]], ["docs/1"], ["other"]],
    collects: true,
    fails: [["docs", 'a part with the id "docs/1", which another item has']],
    completed: 2,
  },
  {
    what: "an item is called as a part that was there before",
    first: [["docs", ["1", "2"]]],
    later: [["docs/1"], ["other"]],
    collects: true,
    fails: [["docs/1#2", '"docs/1" cannot be an item: its id is that of a part']],
    completed: 4,
  },
  {
    what: "the parts of two items are called the same",
    first: [
      ["a", ["b/1"]],
      ["a/b", ["1"]],
    ],
    fails: [["a/b", 'a part with the id "a/b/1", which another item has']],
    completed: 2,
  },
  {
    what: "the second of two equal ids is recorded under the id of another item",
    first: [["a"], ["a#3"], ["a"]],
    fails: [],
    completed: 2,
  },
  {
    what: "several items in a row meet parts",
    first: ["a", "b", "c", "d", "e", "f", "g"].flatMap((id): Row[] => [[id, ["1"]], [`${id}/1`]]),
    fails: ["a", "b", "c", "d", "e", "f", "g"].map((id) => [id, `a part with the id "${id}/1"`] as const),
    completed: 7,
  },
];

async function failuresOf(
  workspace: string,
  { session }: SessionOutcome,
): Promise<readonly (readonly [string, string])[]> {
  const { items } = await listItems(workspace, session.id, { status: "failed" });
  return items.map(({ itemId, reason }) => [itemId, reason ?? ""] as const).toSorted(([a], [b]) => (a < b ? -1 : 1));
}

const expectFailures = (found: readonly (readonly [string, string])[], { fails }: Case): void => {
  expect(found.map(([itemId]) => itemId)).toEqual(fails.map(([itemId]) => itemId));
  for (const [n, [, reason]] of fails.entries()) expect(found[n]?.[1]).toContain(reason);
};

describe("ids that meet", () => {
  it.each(CASES)("fail that one item when $what, and the session goes on", async (given) => {
    const workspace = newWorkspace();
    const { pipeline, loaded } = made(given);
    const outcome = await runPipeline(pipeline, { workspace });
    expect(outcome.cause).toBeUndefined();
    expect(outcome.session.counts).toMatchObject({
      completed: given.completed,
      pending: 0,
      failed: given.fails.length,
    });
    expectFailures(await failuresOf(workspace, outcome), given);
    expect(new Set(loaded).size).toBe(loaded.length);
  });

  it.each(CASES.filter(({ later }) => later === undefined))(
    "fail that one item on a resume too when $what",
    async (given) => {
      const workspace = newWorkspace();
      const { pipeline, api } = made(given);
      api.isUp = false;
      const { session } = await runPipeline(pipeline, { workspace });
      expect(session.status).toBe("interrupted");
      api.isUp = true;
      const outcome = await resumeSession(session.id, pipeline, { workspace });
      expect(outcome.session.counts).toMatchObject({
        completed: given.completed,
        pending: 0,
        failed: given.fails.length,
      });
      expectFailures(await failuresOf(workspace, outcome), given);
    },
  );

  it("are refused again, once each, when the source is read again", async () => {
    const given = CASES[1];
    if (!given) throw new Error("There is no such case.");
    const workspace = newWorkspace();
    const { pipeline } = made({ ...given, later: [...(given.later ?? []), ["last"]] });
    const stop = new AbortController();
    const { session } = await runPipeline(pipeline, {
      workspace,
      signal: stop.signal,
      window: 1,
      onEvent: (event) => event.kind === "item" && event.status === "failed" && stop.abort(),
    });
    expect(session).toMatchObject({ status: "interrupted", counts: { failed: 1 } });
    const outcome = await resumeSession(session.id, pipeline, { workspace });
    expect(outcome.session.counts).toMatchObject({ completed: given.completed + 1, failed: 1, pending: 0 });
    expectFailures(await failuresOf(workspace, outcome), given);
  });

  it("are told apart after a retry that names the parts otherwise", async () => {
    const given = CASES[0];
    if (!given) throw new Error("There is no such case.");
    const workspace = newWorkspace();
    const { pipeline, naming } = made(given);
    const { session } = await runPipeline(pipeline, { workspace });
    naming.isApart = true;
    const retried = await retryFailed(session.id, pipeline, { workspace });
    expect(retried.session).toMatchObject({ status: "completed", counts: { completed: 5, failed: 0 } });
  });

  it("do not stop a retry when a source has the id that discarded parts get", async () => {
    const workspace = newWorkspace();
    const { pipeline } = made({ what: "", first: [["docs", ["1"]], ["docs/1~1.3"]], fails: [], completed: 0 });
    const { session } = await runPipeline(pipeline, { workspace });
    expect(session.counts).toMatchObject({ completed: 3 });
    const retried = await retryFailed(session.id, pipeline, { workspace, query: { itemIds: ["docs"] } });
    expect(retried.session.counts).toMatchObject({ completed: 3, skipped: 1, failed: 0, pending: 0 });
  });

  it("meet parts of parts as well", async () => {
    const workspace = newWorkspace();
    const pipeline = definePipeline("deep").phase("work", (phase) =>
      phase
        .extract(rows([["a", ["x", "y"]], ["a/1/1"]], [], Promise.resolve()))
        .step("cut", (content, { itemId }) =>
          itemId.startsWith("a/1/") || content.length === 0
            ? content
            : fanOutAgain(content.map((one) => (itemId === "a" ? [one] : []))),
        )
        .load(keep([])),
    );
    const outcome = await runPipeline(pipeline, { workspace });
    const failures = await failuresOf(workspace, outcome);
    expect(failures).toEqual([["a/1", expect.stringContaining('a part with the id "a/1/1"')]]);
    expect(outcome.session.counts).toMatchObject({ failed: 1, pending: 0 });
  });
});
