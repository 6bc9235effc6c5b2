import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { definePipeline } from "../../src/core/pipeline/index.ts";
import { createBullmqEngine } from "../../src/engines/bullmq/index.ts";
import { queueNameOf } from "../../src/engines/bullmq/queue/job.ts";
import { openBackend } from "../../src/engines/bullmq/queue/open-backend.ts";
import { runPipeline } from "../../src/run/index.ts";
import { reportItem, reportSession } from "../../src/run/reports/index.ts";
import { keepIn, numbers } from "../contracts/engine/numbers.ts";
import { quickOn, type QueueServer } from "./servers.ts";

const done = { step: "act", end: { kind: "done", output: { text: '{"n":7}' } }, attempts: 1, durationMs: 1 };
const usage = { calls: 1, inputTokens: 5, outputTokens: 2, callsOfUnknownTokens: 0, cost: 1, callsOfUnknownCost: 0 };
const failed = { kind: "failed", failure: "input", error: { name: "E", message: "m", causes: [] } };
const result = (...reports: readonly unknown[]) => ({ version: 1, done: reports });

/** What somebody else puts into the queue as a worker's result, and what the item then fails with. */
const STRANGE: readonly (readonly [what: string, value: unknown, reason: string])[] = [
  ["a text", "garbage", "it is not of the form"],
  ["nothing", null, "it is not of the form"],
  ["another version", { version: 2, done: [done] }, "`version`"],
  ["another step", result({ ...done, step: "rm" }), 'it reports on "rm"'],
  ["more steps than there are", result(done, done), "where nothing was asked for"],
  ["an end of no kind", result({ ...done, end: { kind: "exploded" } }), "`done.0.end.kind`"],
  ["content that is no JSON", result({ ...done, end: { kind: "done", output: { text: "{{" } } }), "is not JSON"],
  ["content that is gone", result({ ...done, end: { kind: "done", output: { key: "content:x" } } }), "is no longer"],
  [
    "a key of somebody else's",
    result({ ...done, end: { kind: "done", output: { key: "worker:x" } } }),
    "`done.0.end.output",
  ],
  ["attempts that no run has", result({ ...done, attempts: 2 ** 53 - 1 }), "`done.0.attempts`"],
  ["half an attempt", result({ ...done, attempts: 0.5 }), "`done.0.attempts`"],
  ["a duration before the start", result({ ...done, durationMs: -1 }), "`done.0.durationMs`"],
  [
    "a time that is none",
    result({ ...done, end: { ...failed, attempts: [{ attempt: 1, kind: "input", error: failed.error, at: 1e300 }] } }),
    "`done.0.end.attempts.0.at`",
  ],
  [
    "two children of one id",
    result({
      ...done,
      end: {
        kind: "fannedOut",
        again: false,
        children: [
          { id: "1", content: { text: "1" } },
          { id: "1", content: { text: "2" } },
        ],
      },
    }),
    'two children the id "1"',
  ],
  ["a seal without a content", { version: 1, sealed: { key: "content:gone" } }, "is no longer"],
];

/** Usage that is none, in a result that is one: the item is done, and what is no count is unknown. */
const USAGES: readonly (readonly [count: unknown, usage: object])[] = [
  [-1, { inputTokens: 0, callsOfUnknownTokens: 1 }],
  [12.5, { inputTokens: 0, callsOfUnknownTokens: 1 }],
  [1e300, { inputTokens: 0, callsOfUnknownTokens: 1 }],
  ["7", { inputTokens: 0, callsOfUnknownTokens: 1 }],
  [5, { inputTokens: 5, callsOfUnknownTokens: 0 }],
];

for (const { name, start, tags } of quickOn("Redis"))
  describe(`a result in the queue on ${name} that no worker of ours has made`, { tags }, () => {
    let server: QueueServer;
    beforeAll(async () => {
      server = await start();
    });
    afterAll(() => server[Symbol.asyncDispose]());

    /** A session of as many items as results, which a stranger puts there, each in its turn. */
    async function run(results: readonly unknown[]) {
      const pipeline = definePipeline("strange").phase("work", (phase) =>
        phase
          .extract(numbers(results.length))
          .step("act", (content) => content)
          .load(keepIn(new Map())),
      );
      await using backend = await openBackend(server.address);
      const itemIn = (data: unknown): number => Number(Object(data).itemId);
      const stranger = backend.openWorker(
        queueNameOf(pipeline, "extractive"),
        async ({ data }) => results[itemIn(data)],
        { concurrency: 1 },
      );
      const workspace = join(mkdtempSync(join(tmpdir(), "holdfast-strange-")), ".holdfast");
      const said: string[] = [];
      try {
        const { session } = await runPipeline(pipeline, {
          workspace,
          engine: createBullmqEngine({ address: server.address }),
          onEvent: (event) => {
            if (event.kind === "engine") said.push(event.message);
          },
        });
        return { workspace, session, said };
      } finally {
        await stranger.close();
      }
    }

    it("fails its item once, with what is wrong with it, and the session says so; the others are not touched", async () => {
      const { workspace, session, said } = await run([...STRANGE.map(([, value]) => value), result(done)]);
      expect(session.counts).toMatchObject({ completed: 1, failed: STRANGE.length, pending: 0 });
      for (const [index, [what, , reason]] of STRANGE.entries()) {
        const [details] = await reportItem(workspace, session.id, String(index));
        expect([what, details?.item.failure?.message]).toEqual([what, expect.stringContaining(reason)]);
        expect(said.some((line) => line.includes(reason))).toBe(true);
      }
      // Whatever was in them, the session is read.
      expect((await reportSession(workspace, session.id)).failed.length).toBeGreaterThan(0);
    });

    it.each(USAGES)("counts a usage of %j tokens as what it is", async (count, expected) => {
      const { workspace, session } = await run([result({ ...done, usage: { ...usage, inputTokens: count } })]);
      expect(session.counts.completed).toBe(1);
      expect((await reportSession(workspace, session.id)).usage).toMatchObject({ calls: 1, ...expected });
    });
  });
