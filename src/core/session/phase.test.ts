import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FAILURES, type FailureKind } from "../failure/failure.ts";
import { NO_ITEMS } from "./item-counts.ts";
import { createPhase, parsePhase, serializePhase, validatePhaseName, type Phase } from "./phase.ts";
import type { ItemCounts } from "../storage/store.ts";
import { StepTracker } from "./step-tracker.ts";
import { PhaseStatus, StageStatus, StageType, StepStatus } from "../base/status.ts";

const plain = { noNullPrototype: true } as const;
const time = fc.date({ noInvalidDate: true }).map((date) => date.toISOString());
const amount = fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }).map((value) => Math.abs(value));
const oneOf = <T extends string>(table: Readonly<Record<string, T>>): fc.Arbitrary<T> =>
  fc.constantFrom(...Object.values(table));
const kinds = Object.keys(FAILURES) as FailureKind[];
const withFailed = (failed: number): ItemCounts => ({ ...NO_ITEMS, failed });
const step = fc.record(
  {
    name: fc.string(),
    status: oneOf(StepStatus),
    startedAt: time,
    completedAt: time,
    durationMs: amount,
    attempts: fc.nat(),
    itemsProcessed: fc.nat(),
    itemsFailed: fc.nat(),
    error: fc.string(),
  },
  { requiredKeys: ["name", "status", "durationMs", "attempts", "itemsProcessed", "itemsFailed"], ...plain },
);
const stage = fc.record({ status: oneOf(StageStatus), steps: fc.array(step) }, plain);
const phases: fc.Arbitrary<Phase> = fc.record(
  {
    name: fc.constant("import"),
    status: oneOf(PhaseStatus),
    startedAt: fc.option(time),
    completedAt: fc.option(time),
    counts: fc.nat().map(withFailed),
    currentStage: fc.option(oneOf(StageType)),
    stages: fc.record({ extract: stage, transform: stage, load: stage }, plain),
    failedItems: fc.array(
      fc.record(
        { itemId: fc.string(), step: fc.string(), kind: fc.constantFrom(...kinds), message: fc.string() },
        plain,
      ),
    ),
    failedTotal: fc.nat(),
  },
  plain,
);

describe("serializePhase and parsePhase", () => {
  test("give back any phase as it was", () => {
    fc.assert(
      fc.property(phases, (phase) => {
        expect(parsePhase(serializePhase(phase), "phase.json")).toStrictEqual(phase);
      }),
    );
  });
});

describe("parsePhase", () => {
  const phase = createPhase("import", new StepTracker([{ name: "read", stage: "extract" }]).snapshot());
  const text = serializePhase(phase);
  test.each([
    ["currentStage", text.replace('"currentStage": "extract"', '"currentStage": "middle"')],
    [
      "stages.extract.status",
      text.replace('"extract": {\n      "status": "pending"', '"extract": {\n      "status": "partial"'),
    ],
    ["stages.extract.steps[0].durationMs", text.replace('"durationMs": 0', '"durationMs": -1')],
    [
      "failedItems[0].kind",
      text.replace('"failedItems": []', '"failedItems": [{"itemId":"a","step":"b","kind":"odd","message":""}]'),
    ],
    ["failedTotal", text.replace('"failedTotal": 0', '"failedTotal": null')],
    ["startedAt", text.replace('"startedAt": null', '"startedAt": "soon"')],
  ])("names the file and the damaged field %s", (field, damaged) => {
    expect(damaged).not.toBe(text);
    expect(() => parsePhase(damaged, "/s/import/phase.json")).toThrow(
      expect.objectContaining({
        code: "session_damaged",
        message: expect.stringContaining(`"/s/import/phase.json": field \`${field}\` should be`),
      }),
    );
  });
});

describe("validatePhaseName", () => {
  test.each(["import", "organize", "Phase-2", "a", "9_lives", "n".repeat(64)])("accepts %s", (name) => {
    expect(validatePhaseName(name)).toBe(name);
  });

  test.each([
    "",
    ".",
    "..",
    "../x",
    "a/b",
    "a\\b",
    "/abs",
    "-rf",
    "_x",
    "a b",
    "a.json",
    "a\0",
    "a\n",
    "é",
    "n".repeat(65),
  ])("refuses %j", (name) => {
    expect(() => validatePhaseName(name)).toThrow(expect.objectContaining({ code: "pipeline_invalid" }));
  });

  test("accepts only what is one plain part of a path", () => {
    const accepts = (name: string): boolean => {
      try {
        return validatePhaseName(name) === name;
      } catch {
        return false;
      }
    };
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom("a", "Z", "0", "_", "-", ".", "/", "\\", "\0", "\n", "é"), maxLength: 8 }),
        (name) => {
          expect(accepts(name)).toBe(/^[aZ0][aZ0_-]*$/.test(name) && !name.endsWith("\n"));
        },
      ),
    );
  });
});
