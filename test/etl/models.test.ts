import * as fc from "fast-check";
import { describe, expect, expectTypeOf, test } from "vitest";
import type { JsonValue } from "../../src/core/base/json-value.ts";
import type { ProcessingItem } from "../../src/core/base/processing-item.ts";
import type { StepResult } from "../../src/core/base/step-result.ts";
import {
  ItemStatus,
  PhaseStatus,
  PhaseType,
  SessionStatus,
  StageStatus,
  StageType,
  StepStatus,
} from "../../src/core/base/status.ts";
import {
  buildRetryOptions,
  ConnectionError,
  DEFAULT_RETRY_CONFIG,
  Retrying,
  type RetryConfig,
  TimeoutError,
} from "../../src/retry/index.ts";

const throughJson = <T>(value: T): T => JSON.parse(JSON.stringify(value));

describe("models", () => {
  describe("statuses and types", () => {
    const runValues = ["pending", "running", "completed", "failed", "partial", "interrupted"];
    test.each([
      ["SessionStatus", SessionStatus, runValues],
      ["PhaseStatus", PhaseStatus, runValues],
      ["StageStatus", StageStatus, ["pending", "running", "completed", "failed"]],
      ["StepStatus", StepStatus, ["pending", "running", "completed", "failed", "skipped"]],
      ["ItemStatus", ItemStatus, ["pending", "processing", "completed", "failed", "skipped", "filtered", "review"]],
      ["PhaseType", PhaseType, ["import", "organize"]],
      ["StageType", StageType, ["extract", "transform", "load"]],
    ])("%s has exactly its values, each under its own name", (_, table, values) => {
      expect(Object.values(table)).toEqual(values);
      expect(Object.keys(table)).toEqual(values);
    });

    test("a status is a plain text, so that files and queries can hold it", () => {
      expect(throughJson({ status: ItemStatus.review })).toEqual({ status: "review" });
      expectTypeOf(ItemStatus.review).toEqualTypeOf<"review">();
    });

    test("a text that is no status does not fit where one is wanted", () => {
      // @ts-expect-error -- "done" is not among the values
      const status: ItemStatus = "done";
      expect(Object.values<string>(ItemStatus)).not.toContain(status);
    });

    test("only items are processed, filtered or reviewed, and only steps and items are skipped", () => {
      expectTypeOf<"processing" | "filtered" | "review">().not.toExtend<SessionStatus | StageStatus | StepStatus>();
      expectTypeOf<Extract<"skipped", SessionStatus | StageStatus>>().toBeNever();
      expect([SessionStatus, PhaseStatus, StageStatus].some((table) => "skipped" in table)).toBe(false);
      expect([StepStatus, ItemStatus].every((table) => "skipped" in table)).toBe(true);
    });
  });

  describe("ProcessingItem", () => {
    const item: ProcessingItem = {
      itemId: "claude:8f14e45f",
      sourcePath: "chats.zip#12",
      currentStep: "summarise",
      status: ItemStatus.pending,
      metadata: {},
    };
    const full: ProcessingItem = {
      ...item,
      parentId: "claude:0",
      status: ItemStatus.failed,
      metadata: { tokens: 1200, tags: ["a", "b"], author: { name: "Ai" }, draft: false, folder: null },
      content: { messages: ["hello"] },
      transformedContent: "# Hello",
      outputPath: "/notes/hello.md",
      error: "the answer was cut off",
    };

    test("needs an id, where it came from, its step, its status and its metadata", () => {
      expectTypeOf<RequiredKeys<ProcessingItem>>().toEqualTypeOf<
        "itemId" | "sourcePath" | "currentStep" | "status" | "metadata"
      >();
      expect(Object.keys(item)).toEqual(["itemId", "sourcePath", "currentStep", "status", "metadata"]);
    });

    test("has nothing else unless it is given", () => {
      expectTypeOf<Exclude<keyof ProcessingItem, RequiredKeys<ProcessingItem>>>().toEqualTypeOf<
        "parentId" | "content" | "transformedContent" | "outputPath" | "error"
      >();
      expect(throughJson(item)).not.toHaveProperty("error");
      expect(throughJson(item)).toStrictEqual(item);
    });

    test("is not an item without its id", () => {
      const { itemId: _, ...nameless } = item;
      // @ts-expect-error -- itemId is required
      const wrong: ProcessingItem = nameless;
      expect(wrong).not.toHaveProperty("itemId");
    });

    test("carries metadata of any shape that JSON has", () => {
      expect(throughJson(full).metadata).toStrictEqual(full.metadata);
      expectTypeOf<ProcessingItem["metadata"]>().toEqualTypeOf<Readonly<Record<string, JsonValue>>>();
    });

    test("refuses metadata that JSON would lose", () => {
      // @ts-expect-error -- a function cannot be written down
      const metadata: ProcessingItem["metadata"] = { callback: () => {} };
      expect(throughJson(metadata)).toEqual({});
    });

    test("that failed says why", () => {
      expect(full).toMatchObject({ status: "failed", error: "the answer was cut off" });
      expectTypeOf<ProcessingItem["error"]>().toEqualTypeOf<string | undefined>();
    });

    test("keeps what the source put out beside what the last step made of it", () => {
      expect(full.content).toEqual({ messages: ["hello"] });
      expect(full.transformedContent).toBe("# Hello");
    });

    test("names the item that it was fanned out of", () => {
      expect(full.parentId).toBe("claude:0");
    });

    test("survives JSON with all its fields", () => {
      expect(throughJson(full)).toStrictEqual(full);
    });

    test("is moved on by making another one, never by changing it", () => {
      const moved: ProcessingItem = { ...item, status: ItemStatus.completed, currentStep: "write_note" };
      expect(item.status).toBe("pending");
      expect(moved).toMatchObject({ itemId: item.itemId, status: "completed", currentStep: "write_note" });
      expectTypeOf<ProcessingItem>().toEqualTypeOf<Readonly<ProcessingItem>>();
    });

    test("survives JSON whatever its content is", () => {
      // JSON has no -0.
      const contents = fc.jsonValue().map((value): JsonValue => JSON.parse(JSON.stringify(value)));
      fc.assert(
        fc.property(contents, (content) => {
          const any: ProcessingItem = { ...item, content };
          expect(throughJson(any)).toEqual(any);
        }),
      );
    });
  });

  describe("StepResult", () => {
    const success: StepResult = {
      success: true,
      output: { title: "Hello" },
      durationMs: 1234.5,
      attempts: 1,
      itemsProcessed: 1,
      itemsFailed: 0,
    };
    const failure: StepResult = {
      success: false,
      error: "no answer within 30 s",
      durationMs: 90_000,
      attempts: 3,
      itemsProcessed: 0,
      itemsFailed: 1,
    };

    test("of a success has an output and no error", () => {
      expect(success).toMatchObject({ success: true, output: { title: "Hello" } });
      expect(success).not.toHaveProperty("error");
    });

    test("of a failure has an error and no output", () => {
      expect(failure).toMatchObject({ success: false, error: "no answer within 30 s" });
      expect(failure).not.toHaveProperty("output");
    });

    test("always tells time, attempts and counts", () => {
      expectTypeOf<RequiredKeys<StepResult>>().toEqualTypeOf<
        "success" | "durationMs" | "attempts" | "itemsProcessed" | "itemsFailed"
      >();
      expect([success.durationMs, failure.attempts]).toEqual([1234.5, 3]);
    });

    test("of a whole run counts items that went well beside those that did not", () => {
      const run: StepResult = {
        success: false,
        durationMs: 60_000,
        attempts: 1040,
        itemsProcessed: 963,
        itemsFailed: 37,
      };
      expect(run.itemsProcessed + run.itemsFailed).toBe(1000);
    });

    test.each([
      ["success", success],
      ["failure", failure],
    ])("of a %s survives JSON", (_, result) => {
      expect(throughJson(result)).toStrictEqual(result);
    });
  });

  describe("RetryConfig", () => {
    test("defaults to 3 attempts, 2 to 30 seconds apart, base 2, with jitter", () => {
      expect(DEFAULT_RETRY_CONFIG).toMatchObject({
        maxAttempts: 3,
        minWaitSeconds: 2,
        maxWaitSeconds: 30,
        exponentialBase: 2,
        jitter: true,
      });
    });

    test("defaults to trying again after connection errors and timeouts", () => {
      expect(DEFAULT_RETRY_CONFIG.retryExceptions).toEqual([ConnectionError, TimeoutError]);
    });

    test("has a default that nobody can change", () => {
      expect(Object.isFrozen(DEFAULT_RETRY_CONFIG)).toBe(true);
      expect(Object.isFrozen(DEFAULT_RETRY_CONFIG.retryExceptions)).toBe(true);
    });

    test("takes each field that is given and the default for the rest", async () => {
      const slept: number[] = [];
      const options = buildRetryOptions({
        maxAttempts: 5,
        jitter: false,
        minWaitSeconds: 1,
        maxWaitSeconds: 5,
        exponentialBase: 3,
      });
      const sleep = async (ms: number) => void slept.push(ms);
      const failing = new Retrying({ ...options, sleep }).call(() => {
        throw new ConnectionError("refused");
      });
      await expect(failing).rejects.toMatchObject({ name: "RetryError", attempts: 5 });
      expect(slept).toEqual([1000, 3000, 5000, 5000]);
    });

    test("takes other exceptions in place of the default ones", async () => {
      const calls = { count: 0 };
      const failing = new Retrying(buildRetryOptions({ retryExceptions: [RangeError] })).call(() => {
        calls.count += 1;
        throw new ConnectionError("refused");
      });
      await expect(failing).rejects.toThrow("refused");
      expect(calls.count).toBe(1);
    });

    test.each([
      ["maxAttempts", { maxAttempts: 0 }],
      ["minWaitSeconds", { minWaitSeconds: -1 }],
      ["maxWaitSeconds", { maxWaitSeconds: 1 }],
      ["exponentialBase", { exponentialBase: 0 }],
    ])("names a bad %s", (field, config) => {
      expect(() => buildRetryOptions(config)).toThrow(field);
    });

    test("survives JSON but for its exceptions, which are classes", () => {
      const { retryExceptions: _, ...plain } = DEFAULT_RETRY_CONFIG;
      expect(throughJson(plain)).toStrictEqual(plain);
      expectTypeOf<RequiredKeys<RetryConfig>>().toEqualTypeOf<keyof RetryConfig>();
    });
  });
});

type RequiredKeys<T> = { [K in keyof T]-?: object extends Pick<T, K> ? never : K }[keyof T];
