import { describe, expect, it } from "vitest";
import { openBackend } from "../../src/engines/bullmq/queue/open-backend.ts";
import { serverKinds } from "./servers.ts";
import { until } from "../until.ts";

const QUEUE = "checkpoints";
const [FIRST, SECOND] = [{ step: "outline" }, { step: "polish", text: 'ends with "done":[ and 🪸]}' }];
/** What is in the queue before, and after two reports were appended: `undefined` where they cannot be. */
const FORMS: readonly [id: string, before: object, after: object | undefined][] = [
  ["new", { itemId: "a", done: [] }, { itemId: "a", done: [FIRST, SECOND] }],
  ["begun", { itemId: "a", done: [{ step: "read" }] }, { itemId: "a", done: [{ step: "read" }, FIRST, SECOND] }],
  ["sealed", { done: [{}], sealed: { text: "{}" } }, undefined],
  ["foreign", { itemId: "a" }, undefined],
];
/** As earlier versions wrote jobs. In Redis such a job is written whole once, and appended to from then on. */
const OLDER = { itemId: "a", done: [], settings: { lanes: {} } };

describe.each(serverKinds)("a checkpoint on $name", ({ name, start }) => {
  it("is written by whoever holds the job's lock, and by nobody else", async () => {
    await using server = await start();
    await using backend = await openBackend(server.address);
    const queue = backend.openQueue(QUEUE);
    await queue.waitUntilReady();
    const after = name === "Redis" ? undefined : { ...OLDER, done: [FIRST, SECOND] };
    const forms = [...FORMS, ["older", OLDER, after] as const];
    const jobs = [["one", { done: 0 }] as const, ...forms];
    await queue.addBulk(jobs.map(([jobId, data]) => ({ name: "notes", data, opts: { jobId } })));
    const written = new Map<string, unknown>();
    const worker = backend.openWorker(
      QUEUE,
      async (job, token = "") => {
        const held = { id: job.id ?? "", token };
        const lost = { ...held, token: "of an earlier holder" };
        written.set(
          held.id,
          held.id === "one"
            ? [await backend.checkpoint(QUEUE, held, { done: 1 }), await backend.checkpoint(QUEUE, lost, { done: 0 })]
            : [
                await backend.append(QUEUE, [
                  { ...held, report: JSON.stringify(FIRST) },
                  { ...lost, id: "another", report: JSON.stringify(SECOND) },
                ]),
                await backend.append(QUEUE, [{ ...lost, report: JSON.stringify(FIRST) }]),
                await backend.append(QUEUE, [{ ...held, report: JSON.stringify(SECOND) }]),
                // As a connection does that was lost before it heard the answer.
                name === "Redis" && (await backend.append(QUEUE, [{ ...held, report: JSON.stringify(SECOND) }])),
              ],
        );
        return {};
      },
      { concurrency: 1, lockDuration: 5_000 },
    );
    const dataOf = async (id: string): Promise<unknown> => {
      await until(async () => (await queue.getJob(id))?.finishedOn !== undefined);
      return (await queue.getJob(id))?.data;
    };
    expect(await dataOf("one")).toEqual({ done: 1 });
    expect(written.get("one")).toEqual([true, false]);
    for (const [id, before, appended] of forms) {
      expect(await dataOf(id)).toEqual(appended ?? before);
      const is = appended !== undefined;
      expect(written.get(id)).toEqual([[is, false], [false], [is], name === "Redis" && [is]]);
    }
    await worker.close();
    await queue.close();
  });
});
