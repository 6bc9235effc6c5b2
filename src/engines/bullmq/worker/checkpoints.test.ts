import { describe, expect, it } from "vitest";
import type { AppendedReport } from "../queue/backend.ts";
import { contentBox } from "../queue/content-box.ts";
import { INLINE_CHARACTERS, JOB_FORMAT, type JobData, type StepReport } from "../queue/job.ts";
import { storable } from "../queue/wire.ts";
import { checkpointsIn, EXPIRED } from "./checkpoints.ts";

const DATA: JobData = {
  version: JOB_FORMAT,
  sessionId: "20260119_143052",
  identity: "0123456789abcdef0123456789abcdef",
  runId: "run",
  phase: "notes",
  itemId: "item",
  sourcePath: "docs.jsonl#1",
  generation: 0,
  steps: ["outline", "polish"],
  content: { text: "{}" },
  done: [],
  lostBefore: 0,
  settings: { retry: {}, lanes: {} },
};

const reportOf = (text: string): StepReport => ({
  step: "outline",
  end: { kind: "done", output: { text: JSON.stringify(text) } },
  attempts: 1,
  durationMs: 0,
});

const LARGE = "k".repeat(INLINE_CHARACTERS - 2);

interface Queue {
  /** How the queue takes what is appended. */
  readonly append: (reports: readonly AppendedReport[]) => Promise<readonly boolean[]>;
  /** @default true */
  readonly isHeld?: boolean;
  /** What the database throws when the whole job is written: the first, the second time. */
  readonly refusals?: readonly unknown[];
  /** @default false */
  readonly isLeaving?: boolean;
}

/** Writes the checkpoint of one job after each of these reports; returns how it was written, and with what. */
async function written(
  reports: readonly StepReport[],
  { append, isHeld = true, refusals = [], isLeaving = false }: Queue,
): Promise<readonly (readonly ["append" | "checkpoint", unknown])[]> {
  const calls: (readonly ["append" | "checkpoint", unknown])[] = [];
  const kept = new Map<string, string>();
  const refused = [...refusals];
  const box = contentBox("id", {
    get: async (key) => kept.get(key),
    put: async (key, text) => void kept.set(key, text),
  });
  const write = checkpointsIn(
    {
      append: async (_queue, given) => {
        calls.push(["append", given.map(({ report }) => report)]);
        return append(given);
      },
      checkpoint: async (_queue, _held, data) => {
        calls.push(["checkpoint", data]);
        if (refused.length > 0) throw refused.shift();
        return isHeld;
      },
    },
    "queue",
    { isLeaving: () => isLeaving, retryMs: 0 },
  )({ id: "id", token: "token" }, DATA, box);
  for (const [index, report] of reports.entries()) {
    await write({ ...DATA, done: reports.slice(0, index + 1) }, report);
  }
  return calls;
}

const takes = async (reports: readonly AppendedReport[]): Promise<readonly boolean[]> => reports.map(() => true);
const refuses = async (reports: readonly AppendedReport[]): Promise<readonly boolean[]> => reports.map(() => false);

describe("a checkpoint", () => {
  it("adds the last report to those before, in a form that any database takes", async () => {
    const reports = [reportOf("kelp"), { ...reportOf("kelp"), step: "\0" }];
    const calls = await written(reports, { append: takes });
    expect(calls).toEqual(reports.map((report) => ["append", [JSON.stringify(storable(report))]]));
    expect(storable(reports[1])).not.toEqual(reports[1]);
  });

  it.each<[string, Queue["append"]]>([
    ["has another form", refuses],
    ["was sent to a connection that broke", () => Promise.reject(new Error("lost"))],
  ])("is written in whole where the job %s, with its reports at the end", async (_what, append) => {
    const [, whole] = await written([reportOf("kelp")], { append });
    expect(whole).toMatchObject(["checkpoint", { done: [reportOf("kelp")] }]);
    expect(JSON.stringify(whole)).toMatch(/"done":\[\{.*\}\]\}\]$/);
  });

  it("is written in whole, and kept beside the job, where it is too large to travel in it", async () => {
    const reports = Array.from({ length: 17 }, () => reportOf(LARGE));
    const calls = await written(reports, { append: takes });
    expect(calls.map(([kind]) => kind)).toEqual([
      ...Array.from({ length: 15 }, () => "append"),
      "checkpoint",
      "checkpoint",
    ]);
    expect(calls.at(-1)).toMatchObject(["checkpoint", { sealed: { key: expect.stringContaining("content:id:") } }]);
  });

  it("says that the job is lost", async () => {
    await expect(written([reportOf("kelp")], { append: refuses, isHeld: false })).rejects.toThrow(EXPIRED);
  });

  const full = Object.assign(new Error("OOM command not allowed when used memory > 'maxmemory'."), {
    name: "ReplyError",
  });

  it.each<[string, unknown]>([
    ["memory is full", full],
    ["disk is full", Object.assign(new Error("could not extend file: No space left on device"), { code: "53100" })],
    ["connection broke", Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" })],
    ["server is being restarted", Object.assign(new Error("terminating connection"), { code: "57P01" })],
  ])("is written again where the database's %s, since the step was paid for", async (_what, fault) => {
    const calls = await written([reportOf("kelp")], { append: () => Promise.reject(fault), refusals: [fault, fault] });
    expect(calls.map(([kind]) => kind)).toEqual(["append", "checkpoint", "checkpoint", "checkpoint"]);
  });

  it.each<[string, Partial<Queue>, string]>([
    ["the job is another worker's meanwhile", { isHeld: false, refusals: [full] }, EXPIRED],
    ["the worker leaves", { isLeaving: true, refusals: [full] }, "OOM"],
    [
      "the database would say the same again",
      { refusals: [new RangeError("Invalid string length")] },
      "Invalid string",
    ],
  ])("is not written again when %s", async (_what, queue, message) => {
    await expect(written([reportOf("kelp")], { append: refuses, ...queue })).rejects.toThrow(message);
  });
});
