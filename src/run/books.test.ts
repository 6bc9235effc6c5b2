import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ENDINGS } from "../../test/endings.ts";
import { runs } from "../../test/runs.ts";
import type { Usage } from "../core/model/index.ts";
import { definePipeline, type Source } from "../core/pipeline/index.ts";
import { startFakeOpenAI, type FakeOpenAIOptions, type OpenAIFault } from "../entries/testing.ts";
import { createOpenAI } from "../llm/openai/index.ts";
import { runPipeline } from "./index.ts";
import { reportSession } from "./reports/session-report.ts";

const source = (count: number): Source<string> => ({
  name: "count",
  version: 1,
  check: async () => [],
  async *read() {
    for (let n = 0; n < count; n += 1) {
      yield {
        kind: "item",
        itemId: `item-${n}`,
        sourcePath: "memory",
        content: `What is number ${n}? ${"Say it. ".repeat(n % 7)}`,
      };
    }
  },
});

const PRICE = { inputPerMillion: 3, cachedInputPerMillion: 0.3, outputPerMillion: 15 };

/** Runs a pipeline of so many calls at such a server, and returns its sums and the server's. */
async function run(count: number, options: FakeOpenAIOptions) {
  await using server = await startFakeOpenAI({
    answer: ({ messages }) => `The answer to this: ${messages?.at(-1)?.content}`.repeat(3),
    ...options,
  });
  const workspace = join(mkdtempSync(join(tmpdir(), "holdfast-books-")), ".holdfast");
  const model = createOpenAI({ model: "m", baseUrl: server.url });
  const pipeline = definePipeline("books").phase("work", (phase) =>
    phase
      .extract(source(count))
      .step("ask", async (prompt, { model: asked, signal }) => (await asked.generate({ prompt, signal })).text)
      .load({ name: "drop", version: 1, check: async () => {}, load: async () => ({ outputPath: "" }) }),
  );
  const { session } = await runPipeline(pipeline, {
    workspace,
    model,
    prices: { "openai:m": PRICE },
    retry: { minWaitSeconds: 0, maxWaitSeconds: 0 },
    // What is said to be down is probed, and that is none of what is counted here.
    lanes: { openai: { outageAfter: 1_000_000 } },
  });
  const { usage } = await reportSession(workspace, session.id);
  return { session, usage, books: server.books };
}

const totalOf = ({ inputTokens, outputTokens, estimatedTokens }: Usage): number =>
  inputTokens + outputTokens + estimatedTokens;

describe("the books of a run", () => {
  it("are the server's own, over every kind of ending", async () => {
    expect(ENDINGS.length).toBeGreaterThanOrEqual(40);
    const count = runs(400);
    const faults = (call: number): OpenAIFault | undefined =>
      call % 3 === 0 ? undefined : ENDINGS[call % ENDINGS.length];
    const { session, usage, books } = await run(count, { faults, cachedTokens: 4 });
    expect(session.counts.pending).toBe(0);
    expect(usage.calls).toBe(books.calls);
    expect(totalOf(usage)).toBe(books.inputTokens + books.outputTokens);
    // Of calls that were not reported, what was in the cache and what was thinking is not known.
    expect(usage.cachedInputTokens).toBeGreaterThanOrEqual(4 * (books.calls - usage.callsOfUnknownTokens));
    expect(usage.cachedInputTokens).toBeLessThanOrEqual(books.cachedInputTokens);
    expect(usage.reasoningTokens).toBeGreaterThan(0);
    expect(usage.reasoningTokens).toBeLessThanOrEqual(books.reasoningTokens);
    const { inputPerMillion, cachedInputPerMillion, outputPerMillion } = PRICE;
    const billed =
      ((books.inputTokens - usage.cachedInputTokens) * inputPerMillion +
        usage.cachedInputTokens * cachedInputPerMillion +
        books.outputTokens * outputPerMillion) /
      1e6;
    expect(usage.cost + usage.estimatedCost).toBeCloseTo(billed, 9);
  });

  it("hold what came of answers whose connection broke", async () => {
    const { usage, books } = await run(30, { faults: (call) => (call % 2 === 0 ? "reset_mid_stream" : undefined) });
    expect(usage.calls).toBeLessThanOrEqual(books.calls);
    expect(totalOf(usage)).toBeLessThanOrEqual(books.inputTokens + books.outputTokens);
    expect(usage.callsOfUnknownTokens).toBeGreaterThan(0);
  });
});
