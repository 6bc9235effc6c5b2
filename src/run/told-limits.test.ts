import { existsSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { LaneEvent } from "../core/lane/index.ts";
import type { Model } from "../core/model/index.ts";
import { definePipeline, type Sink, type Source } from "../core/pipeline/index.ts";
import { createOllama } from "../llm/ollama/index.ts";
import { createOpenAI } from "../llm/openai/index.ts";
import { OPENAI_FAULTS, startFakeOpenAI } from "../testing/fake-openai/index.ts";
import { startFakeOllama } from "../testing/fake-ollama/index.ts";
import { runPipeline } from "./index.ts";

const source: Source<number> = {
  name: "count",
  version: 1,
  check: async () => [],
  async *read() {
    for (let n = 0; n < 5; n += 1) yield { kind: "item", itemId: `item-${n}`, sourcePath: "memory", content: n };
  },
};
const nowhere: Sink<unknown> = {
  name: "drop",
  version: 1,
  check: async () => {},
  load: async () => ({ outputPath: "" }),
};
const pipeline = definePipeline("told").phase("work", (phase) =>
  phase
    .extract(source)
    .step("ask", async (n, { model, signal }) => (await model.generate({ prompt: `kelp ${n}`, signal })).text)
    .load(nowhere),
);

/** Runs five items, one after the other, and returns what the lane was told: as events, and in `lanes.json`. */
async function run(model: Model) {
  const home = join(mkdtempSync(join(tmpdir(), "holdfast-told-")), ".holdfast");
  const events: LaneEvent[] = [];
  const { session } = await runPipeline(pipeline, {
    workspace: home,
    model,
    lanes: { model: { concurrency: 1 } },
    retry: { minWaitSeconds: 0 },
    onEvent: (event) => event.kind === "lane" && events.push(event.event),
  });
  const path = join(home, "sessions", session.id, "lanes.json");
  const file = existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : { events: [] };
  const told = events.flatMap((event) => (event.change === "told" ? [event] : []));
  return { counts: session.counts, told, kept: file.events.filter(({ change }: LaneEvent) => change === "told") };
}

describe("limits that a server tells with its answers", () => {
  it("reach the lane, its events and lanes.json", async () => {
    await using server = await startFakeOpenAI({
      headers: (call) => ({
        "x-ratelimit-limit-requests": "60",
        "x-ratelimit-remaining-requests": `${60 - call}`,
        "x-ratelimit-reset-requests": "1s",
        "anthropic-ratelimit-output-tokens-limit": "unlimited",
      }),
    });
    const { counts, told, kept } = await run(createOpenAI({ model: "m", baseUrl: server.url }));
    expect(counts).toMatchObject({ completed: 5 });
    const limits = [{ of: "requests", limit: 60, remaining: 59, resetMs: 1000 }];
    const message = "openai tells its limits: 60 requests (59 left)";
    expect(told).toEqual([expect.objectContaining({ lane: "openai", limits, message })]);
    expect(kept).toEqual([expect.objectContaining({ lane: "openai", limits, message })]);
  });

  it("are no part of what a step gets, so that they change no output", async () => {
    await using server = await startFakeOpenAI({ headers: { "x-ratelimit-limit-requests": "60" } });
    const model = createOpenAI({ model: "m", baseUrl: server.url });
    expect(await model.generate({ prompt: "kelp" })).toHaveProperty("limits");
    const outputs: unknown[] = [];
    const asking = definePipeline("told").phase("work", (phase) =>
      phase
        .extract(source)
        .step("ask", async (n, ctx) => {
          outputs.push(await ctx.model.generate({ prompt: `kelp ${n}` }));
          return n;
        })
        .load(nowhere),
    );
    const workspace = join(mkdtempSync(join(tmpdir(), "holdfast-told-")), ".holdfast");
    await runPipeline(asking, { workspace, model });
    expect(outputs.map((answer) => Object.keys(answer as object))).toEqual(
      Array.from({ length: 5 }, () => ["text", "usage"]),
    );
  });

  it("are heard in refusals too", async () => {
    await using server = await startFakeOpenAI({
      faults: (call) =>
        call === 2
          ? {
              ...OPENAI_FAULTS.server_error,
              headers: { "ratelimit-policy": '"day";q=500;w=86400', ratelimit: '"day";r=9;t=60' },
            }
          : undefined,
    });
    const { counts, told } = await run(createOpenAI({ model: "m", baseUrl: server.url }));
    expect(counts).toMatchObject({ completed: 5 });
    expect(told.map(({ limits }) => limits)).toEqual([
      [{ of: "requests", name: "day", limit: 500, remaining: 9, resetMs: 60_000, windowMs: 86_400_000 }],
    ]);
  });

  it("are heard of what stands in front of Ollama", async () => {
    await using server = await startFakeOllama({ headers: { "x-ratelimit-limit-tokens-minute": "9000" } });
    const { told } = await run(createOllama({ model: "llama3.2", baseUrl: server.url }));
    expect(told.map(({ limits }) => limits)).toEqual([[{ of: "tokens", windowMs: 60_000, limit: 9000 }]]);
  });

  it("change nothing where there are none", async () => {
    await using server = await startFakeOpenAI();
    const { told, counts } = await run(createOpenAI({ model: "m", baseUrl: server.url }));
    expect({ told, counts }).toMatchObject({ told: [], counts: { completed: 5 } });
  });
});

describe("limits that an adapter of somebody else tells", () => {
  it.each([
    ["nonsense", { limits: [{ of: "requests", limit: -1 }, 7, null], retryAfterMs: "soon" }, 0],
    ["a limit", { limits: [{ of: "requests", limit: 8 }] }, 1],
  ])("are kept as far as they are sound: %s", async (_what, limits, events) => {
    const model: Model = {
      id: "mine",
      fingerprint: "mine",
      lane: "mine",
      check: async () => ({ notes: [] }),
      generate: async () => ({ text: "kelp", usage: {}, limits: limits as never }),
    };
    const { told, counts } = await run(model);
    expect({ counts, events: told.length }).toMatchObject({ counts: { completed: 5 }, events });
  });
});
