import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { keepFailure, readFailure, type FailureEvidence } from "./failed-folder.ts";
import { StepError } from "../failure/failure.ts";
import { secretMask } from "../failure/mask-secrets.ts";
import { PhaseManager } from "./phase-manager.ts";

const SECRET = "kelp-holds-the-rock";
const mask = secretMask({ MODEL_API_KEY: SECRET });

let folder: string;
let phases: PhaseManager;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-failed-"));
  phases = new PhaseManager(folder);
});
afterEach(() => rmSync(folder, { recursive: true }));

const refused = new StepError("transient", `Refused with ${SECRET}`, {
  request: `authorization: Bearer abc\n\n{"prompt":"${SECRET}"}`,
  rawAnswer: `no, not ${SECRET}`,
  cause: new Error(`Cause: ${SECRET}`, { cause: `and ${SECRET}` }),
});

const evidence: FailureEvidence = {
  phase: "import",
  itemId: "docs.jsonl#1",
  sourcePath: "docs.jsonl",
  step: "summarise",
  kind: "transient",
  error: refused,
  input: { text: "Kelp." },
  attempts: [{ attempt: 1, kind: "transient", error: refused, at: 0 }],
};

const textsIn = (path: string): readonly string[] =>
  readdirSync(path).map((name) => readFileSync(join(path, name), "utf8"));

describe("a failure's folder", () => {
  it("holds input, request, raw answer, and the causes with their attempts", async () => {
    const path = await keepFailure(phases, evidence, (text) => text);
    expect(readdirSync(path).toSorted()).toEqual(["answer.txt", "error.json", "input.json", "request.txt"]);
    expect(await readFailure(path)).toEqual({
      causes: [
        { name: "StepError", message: `Refused with ${SECRET}`, stack: expect.any(String) },
        { name: "Error", message: `Cause: ${SECRET}`, stack: expect.any(String) },
        { name: "string", message: `and ${SECRET}`, stack: null },
      ],
      attempts: [{ attempt: 1, at: "1970-01-01T00:00:00.000Z", kind: "transient", message: `Refused with ${SECRET}` }],
      files: {
        answer: join(path, "answer.txt"),
        error: join(path, "error.json"),
        input: join(path, "input.json"),
        request: join(path, "request.txt"),
      },
    });
  });

  it("holds no secret, neither in messages and stacks nor in request and answer", async () => {
    const path = await keepFailure(phases, evidence, mask);
    expect(textsIn(path).join("\n")).not.toContain(SECRET);
    expect(textsIn(path).join("\n")).not.toContain("Bearer abc");
  });

  it("keeps nothing of the failure before when the item fails again", async () => {
    await keepFailure(phases, evidence, mask);
    const path = await keepFailure(phases, { ...evidence, error: new Error("another"), attempts: [] }, mask);
    expect(readdirSync(path).toSorted()).toEqual(["error.json", "input.json"]);
    expect(await readFailure(path)).toMatchObject({ causes: [{ message: "another" }], attempts: [] });
  });

  it.each(["answer.txt", "error.json", "input.json", "request.txt"])(
    "is not said to be kept when %s could not be written",
    async (name) => {
      mkdirSync(join(phases.failedFolderOf(evidence.phase, evidence.itemId), name), { recursive: true });
      await expect(keepFailure(phases, evidence, mask)).rejects.toMatchObject({ code: "write_failed" });
    },
  );

  it("is read as far as it is there", async () => {
    const path = await keepFailure(phases, evidence, mask);
    rmSync(join(path, "error.json"));
    expect(await readFailure(path)).toMatchObject({
      causes: [],
      attempts: [],
      files: { input: join(path, "input.json") },
    });
    expect(await readFailure(join(folder, "nothing"))).toEqual({ causes: [], attempts: [], files: {} });
  });
});
