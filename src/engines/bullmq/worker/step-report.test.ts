import { describe, expect, it } from "vitest";
import { StepError } from "../../../core/failure/index.ts";
import type { StepEnd, StepRun } from "../../../core/runner/index.ts";
import { contentBox } from "../queue/content-box.ts";
import { fromReport, toReport } from "./step-report.ts";

const SECRET = "kelp-holds-the-rock";
const mask = (text: string): string => text.replaceAll(SECRET, "***");
const values = new Map<string, string>();
const box = contentBox("job", {
  put: async (key, value) => void values.set(key, value),
  get: async (key) => values.get(key),
});
const runOf = (end: StepEnd): StepRun => ({ end, attempts: 2, durationMs: 5, usage: undefined });

const error = new StepError("answer", `Refused: ${SECRET}`, {
  request: `authorization: ${SECRET}`,
  rawAnswer: `you sent ${SECRET}`,
  cause: new Error(`Cause: ${SECRET}`, { cause: `and ${SECRET}` }),
});
const failed: StepEnd = {
  kind: "failed",
  failure: "answer",
  error,
  failedAttempts: [{ attempt: 1, kind: "answer", error, at: 1_000 }],
};

describe("what a worker reports of a step", () => {
  it.each<StepEnd>([
    { kind: "done", output: { text: "k" }, text: '{"text":"k"}', reviewReason: "short" },
    { kind: "done", output: "k".repeat(100_000), text: `"${"k".repeat(100_000)}"`, reviewReason: undefined },
    { kind: "skipped", reason: "unchanged" },
    { kind: "filtered", reason: "short" },
    {
      kind: "fannedOut",
      again: true,
      children: [
        { id: "1", content: 1, text: "1" },
        { id: "2", content: 2, text: "2" },
      ],
    },
  ])("reaches the owner as it was: $kind", async (end) => {
    const report = await toReport("ask", runOf(end), { box, mask });
    if (!report) throw new Error("There is no report.");
    expect(await fromReport(report, box)).toEqual(runOf(end));
  });

  it("says nothing of a step that was released", async () => {
    expect(await toReport("ask", runOf({ kind: "released" }), { box, mask })).toBeUndefined();
  });

  it("holds no secret, neither in messages, stacks and causes nor in request and answer", async () => {
    const report = JSON.stringify(await toReport("ask", runOf(failed), { box, mask }));
    expect(report).not.toContain(SECRET);
    for (const part of ["Refused: ***", "authorization: ***", "you sent ***", "Cause: ***", "and ***"])
      expect(report).toContain(part);
  });

  it("sends a long message once, and gives the stack back with it", async () => {
    const message = `${SECRET} ${"kelp ".repeat(1_000)}`;
    const long = new StepError("input", message);
    const stack = mask(long.stack ?? "");
    const attempts = [{ attempt: 1, kind: "input", error: long, at: 1_000 }] as const;
    const end: StepEnd = { kind: "failed", failure: "input", error: long, failedAttempts: attempts };
    const report = await toReport("ask", runOf(end), { box, mask });
    if (!report) throw new Error("There is no report.");
    expect(JSON.stringify(report).length).toBeLessThan(2 * message.length);
    expect(JSON.stringify(report)).not.toContain(SECRET);
    const { end: read } = await fromReport(report, box);
    const error = { message: mask(message), stack };
    expect(read).toMatchObject({ kind: "failed", error, failedAttempts: [{ attempt: 1, error }] });
  });

  it("gives a failure back with its kind, request, answer, causes and attempts", async () => {
    const report = await toReport("ask", runOf(failed), { box, mask });
    if (!report) throw new Error("There is no report.");
    const { end } = await fromReport(report, box);
    expect(end).toMatchObject({
      kind: "failed",
      failure: "answer",
      error: {
        kind: "answer",
        message: "Refused: ***",
        request: "authorization: ***",
        rawAnswer: "you sent ***",
        cause: { message: "Cause: ***", cause: { message: "and ***" } },
      },
      failedAttempts: [{ attempt: 1, kind: "answer", at: 1_000 }],
    });
  });
});
