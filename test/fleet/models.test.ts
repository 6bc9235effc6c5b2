import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startFakeOpenAI, type FakeOpenAI, type OpenAIFault } from "../../src/entries/testing.ts";
import { holdfast, newProject, sessionIdIn, type Finished } from "../cli/holdfast.ts";
import { ENDINGS } from "../endings.ts";
import { startCommandWorker } from "./command-worker.ts";
import { serverKinds, type QueueServer } from "./servers.ts";

/** So many items, each of which asks the model once. */
const pipelineOf = (items: number): string => `
import { definePipeline } from "holdfast";
const source = {
  name: "list", version: 1, check: async () => [],
  async *read() {
    for (let n = 0; n < ${items}; n += 1) {
      yield { kind: "item", itemId: "i" + n, sourcePath: "list", content: "What is number " + n + "? " + "Say it. ".repeat(n % 7) };
    }
  },
};
const sink = { name: "out", version: 1, check: async () => {}, load: async () => ({ outputPath: "" }) };
const ask = async (prompt, { model, signal }) => (await model.generate({ prompt, signal })).text;
export default definePipeline("ask").phase("p", (phase) => phase.extract(source).step("ask", ask).load(sink));
`;

interface Reported {
  readonly session: { readonly counts: Readonly<Record<string, number>> };
  readonly usage: {
    readonly calls: number;
    readonly inputTokens: number;
    readonly outputTokens: number;
    readonly estimatedTokens: number;
    readonly cost: number;
    readonly estimatedCost: number;
  };
}

const reportOf = ({ stdout }: Finished): Reported => JSON.parse(stdout) as Reported;

function project(items: number): string {
  const cwd = newProject();
  writeFileSync(join(cwd, "ask.mjs"), pipelineOf(items));
  return cwd;
}

// What is said to be down is probed, and that is none of what is counted here: no call of these is refused.
const PACE = ["--price", "3,15", "--min-wait", "0", "--max-wait", "0", "--concurrency", "16"];

/** Runs it with two workers. */
async function runWithWorkers(queue: QueueServer, cwd: string, models: readonly string[]): Promise<Finished> {
  const { env, flags } = queue;
  const worker = ["ask.mjs", "--concurrency", "16", ...models, ...flags];
  await using _one = await startCommandWorker(worker, { cwd, env });
  await using _two = await startCommandWorker(worker, { cwd, env });
  return await holdfast(["run", "ask.mjs", "--json", ...models, ...PACE, ...flags], { cwd, env });
}

/** Of ten calls three meet one of all that can become of a call. */
const thirtyPercent = (call: number): OpenAIFault | undefined =>
  call % 10 < 3
    ? (ENDINGS[Math.floor(call / 10) * 3 + (call % 10)] ?? ENDINGS[(call * 7) % ENDINGS.length])
    : undefined;

/** With the calls that are made again these are more than 10,000. */
const ITEMS = 9_500;

function expectSameBooks({ session, usage }: Reported, { books, calls }: FakeOpenAI): void {
  expect(session.counts["pending"]).toBe(0);
  expect(calls.length).toBeGreaterThan(10_000);
  expect(usage.calls).toBe(books.calls);
  expect(usage.inputTokens + usage.outputTokens + usage.estimatedTokens).toBe(books.inputTokens + books.outputTokens);
  expect(usage.cost + usage.estimatedCost).toBeCloseTo((books.inputTokens * 3 + books.outputTokens * 15) / 1e6, 6);
}

const modelOf = (server: FakeOpenAI): readonly string[] => ["--llm", "openai:m", "--openai-url", server.url];

for (const { name, start: startServer } of serverKinds)
  describe(`models that two workers on ${name} ask`, { tags: "soak" }, () => {
    let queue: QueueServer;
    beforeAll(async () => {
      queue = await startServer();
    });
    afterAll(() => queue[Symbol.asyncDispose]());

    it("are billed what the report says, with faults of all kinds in 30% of 10,000 calls", async () => {
      await using server = await startFakeOpenAI({ faults: thirtyPercent });
      const report = reportOf(await runWithWorkers(queue, project(ITEMS), modelOf(server)));
      expectSameBooks(report, server);
    });

    it("stand in for each other, and the session knows which of them answered", async () => {
      await using server = await startFakeOpenAI({ faults: (call) => (call > 4 ? "insufficient_quota" : undefined) });
      const cwd = project(30);
      const ran = await runWithWorkers(queue, cwd, [...modelOf(server), "--fallback", "extractive"]);
      expect(reportOf(ran).session.counts).toMatchObject({ completed: 30, failed: 0 });
      const itemIds = Array.from({ length: 30 }, (_, n) => `i${n}`);
      const shown = await Promise.all(itemIds.map((id) => holdfast(["show", sessionIdIn(ran), id], { cwd })));
      expect(shown.filter(({ stdout }) => stdout.includes("answered by openai:m"))).toHaveLength(4);
      expect(shown.filter(({ stdout }) => stdout.includes("answered by extractive"))).toHaveLength(26);
    });
  });

describe("a model that one process asks", { tags: "soak" }, () => {
  it("is billed what the report says, with faults of all kinds in 30% of 10,000 calls", async () => {
    await using server = await startFakeOpenAI({ faults: thirtyPercent });
    const ran = await holdfast(["run", "ask.mjs", "--json", ...modelOf(server), ...PACE], { cwd: project(ITEMS) });
    expectSameBooks(reportOf(ran), server);
  });
});
