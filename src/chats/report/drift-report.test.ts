import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { JsonValue } from "../../core/base/index.ts";
import { definePipeline, type Sink, type Source } from "../../core/pipeline/index.ts";
import { createExtractive } from "../../llm/extractive/index.ts";
import { reportDrift } from "./drift-report.ts";
import { resumeSession, runPipeline } from "../../run/run-pipeline.ts";

let workspace = "";
beforeEach(async () => {
  workspace = await mkdtemp(join(tmpdir(), "holdfast-drift-"));
});
afterEach(() => rm(workspace, { recursive: true }));

const model = createExtractive();

const source = (facts: readonly (JsonValue | undefined)[], stopAt = Infinity): Source<number> => ({
  name: "read",
  version: 1,
  check: async () => [],
  read: async function* () {
    for (const [at, drift] of facts.entries()) {
      if (at === stopAt) throw new Error("the disk went away");
      const metadata = drift === undefined ? {} : { metadata: { drift } };
      yield { kind: "item", itemId: String(at), sourcePath: "chats.json", content: at, ...metadata };
    }
  },
});

const sink: Sink<number> = {
  name: "keep",
  version: 1,
  check: async () => {},
  load: async () => ({ outputPath: "note.md" }),
};

const pipelineOf = (from: Source<number>) =>
  definePipeline("chats").phase("import", (phase) => phase.extract(from).load(sink));

async function reportOf(facts: readonly (JsonValue | undefined)[]): ReturnType<typeof reportDrift> {
  const { session } = await runPipeline(pipelineOf(source(facts)), { workspace, model });
  return reportDrift(workspace, session.id);
}

const hologram = (fields: Readonly<Record<string, string>>, count = 1): JsonValue => ({
  service: "claude",
  contentTypes: { hologram: count },
  roles: {},
  recipients: {},
  fields: {},
  shapes: { hologram: fields },
});

describe("the drift of a session", () => {
  it("is summed up over its items, the most frequent first", async () => {
    const smell = {
      service: "chatgpt",
      contentTypes: { smell: 1 },
      roles: { robot: 2 },
      fields: { "a is a number": 3 },
    };
    const report = await reportOf([hologram({ depth: "number" }), undefined, smell, hologram({ depth: "null" }, 2)]);
    expect(report).toMatchObject({
      items: 3,
      contentTypes: [
        { service: "claude", name: "hologram", count: 3, items: 2, fields: { depth: "null or number" } },
        { service: "chatgpt", name: "smell", count: 1, items: 1 },
      ],
      roles: [{ service: "chatgpt", name: "robot", count: 2, items: 1 }],
      recipients: [],
      wrongFields: [{ service: "chatgpt", name: "a is a number", count: 3, items: 1 }],
      unreported: 0,
    });
  });

  it("is the same when the run was stopped in between and resumed", async () => {
    const facts = [hologram({}), undefined, hologram({}), hologram({})];
    const stopped = await runPipeline(pipelineOf(source(facts, 2)), { workspace, model });
    expect((await reportDrift(workspace, stopped.session.id)).contentTypes).toMatchObject([{ count: 1 }]);
    await resumeSession(stopped.session.id, pipelineOf(source(facts)), { workspace, model });
    expect((await reportDrift(workspace, stopped.session.id)).contentTypes).toMatchObject([{ count: 3, items: 3 }]);
  });

  it("keeps the first 1,000 names of a kind and says how many more there were", async () => {
    const facts = Array.from({ length: 1_010 }, (_, n) => ({ service: "claude", contentTypes: { [`type${n}`]: 1 } }));
    const report = await reportOf(facts);
    expect(report.contentTypes).toHaveLength(1_000);
    expect(report.unreported).toBe(10);
  });

  it.each<[JsonValue]>([
    ["text"],
    [7],
    [null],
    [[1]],
    [{ contentTypes: 7, shapes: [] }],
    [{ service: {}, roles: { a: "b" } }],
  ])("makes nothing of %j, which is another pipeline's", async (fact) => {
    const { contentTypes, roles } = await reportOf([fact]);
    expect([...contentTypes, ...roles].every(({ count }) => count === 0)).toBe(true);
  });
});
