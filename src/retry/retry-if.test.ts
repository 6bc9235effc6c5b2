import { describe, expect, test } from "vitest";
import {
  looksAtErrorsOnly,
  retryAll,
  retryAlways,
  retryAny,
  retryIfException,
  retryIfExceptionCauseType,
  retryIfExceptionMessage,
  retryIfExceptionType,
  retryIfNotExceptionMessage,
  retryIfNotExceptionType,
  retryIfNotResult,
  retryIfResult,
  retryNever,
  type RetryPredicate,
  retryUnlessExceptionType,
} from "./retry-if.ts";
import type { Outcome } from "./state.ts";
import { retryState } from "./testing/index.ts";

class ApiError extends Error {}
class BusyError extends ApiError {}
abstract class Temporary extends Error {}
class Offline extends Temporary {}

const raised = (error: unknown): Outcome => ({ status: "raised", error });
const returned = (value: unknown): Outcome => ({ status: "returned", value });
const ask = (predicate: RetryPredicate, outcome: Outcome): unknown => predicate(retryState({ outcome }));

const isBig = (value: unknown): boolean => Number(value) > 100;

describe("retry predicates", () => {
  test.each<[string, RetryPredicate, readonly [Outcome, boolean][]]>([
    [
      "retryAlways",
      retryAlways,
      [
        [raised(1), true],
        [returned(1), true],
      ],
    ],
    [
      "retryNever",
      retryNever,
      [
        [raised(1), false],
        [returned(1), false],
      ],
    ],
    [
      "retryIfException()",
      retryIfException(),
      [
        [raised(undefined), true],
        [raised("text"), true],
        [returned(1), false],
      ],
    ],
    [
      "retryIfException(test)",
      retryIfException((e) => e === 1),
      [
        [raised(1), true],
        [raised(2), false],
        [returned(1), false],
      ],
    ],
    [
      "retryIfExceptionType(ApiError)",
      retryIfExceptionType(ApiError),
      [
        [raised(new ApiError()), true],
        [raised(new BusyError()), true],
        [raised(new Error()), false],
        [raised(null), false],
      ],
    ],
    [
      "retryIfExceptionType()",
      retryIfExceptionType(),
      [
        [raised(new Error()), false],
        [returned(1), false],
      ],
    ],
    [
      "an abstract class",
      retryIfExceptionType(Temporary),
      [
        [raised(new Offline()), true],
        [raised(new Error()), false],
      ],
    ],
    [
      "retryIfNotExceptionType(ApiError)",
      retryIfNotExceptionType(ApiError),
      [
        [raised(new BusyError()), false],
        [raised(new Error()), true],
        [returned(1), false],
      ],
    ],
    [
      "retryUnlessExceptionType(ApiError)",
      retryUnlessExceptionType(ApiError),
      [
        [raised(new BusyError()), false],
        [raised(new Error()), true],
        [returned(1), true],
      ],
    ],
    [
      "retryIfExceptionCauseType(ApiError)",
      retryIfExceptionCauseType(ApiError),
      [
        [raised(new Error("a", { cause: new BusyError() })), true],
        [raised(new Error("a", { cause: new Error("b", { cause: new ApiError() }) })), true],
        [raised(new ApiError()), false],
        [raised(new Error("a", { cause: "b" })), false],
        [returned(new Error("a", { cause: new ApiError() })), false],
      ],
    ],
    [
      "retryIfExceptionMessage({ message })",
      retryIfExceptionMessage({ message: "busy" }),
      [
        [raised(new Error("busy")), true],
        [raised(new Error("very busy")), false],
        [raised("busy"), true],
        [returned("busy"), false],
      ],
    ],
    [
      "retryIfExceptionMessage({ match: text }), from the beginning as in tenacity",
      retryIfExceptionMessage({ match: "bu.y" }),
      [
        [raised(new Error("busy now")), true],
        [raised(new Error("very busy")), false],
      ],
    ],
    [
      "retryIfExceptionMessage({ match: RegExp }), wherever the pattern says",
      retryIfExceptionMessage({ match: /BUSY/gi }),
      [
        [raised(new Error("very busy")), true],
        [raised(new Error("very busy")), true],
        [raised(new Error("idle")), false],
      ],
    ],
    [
      "retryIfNotExceptionMessage({ message })",
      retryIfNotExceptionMessage({ message: "fatal" }),
      [
        [raised(new Error("fatal")), false],
        [raised(new Error("busy")), true],
        [returned("fatal"), true],
      ],
    ],
    [
      "retryIfResult",
      retryIfResult(isBig),
      [
        [returned(200), true],
        [returned(1), false],
        [raised(200), false],
      ],
    ],
    [
      "retryIfNotResult",
      retryIfNotResult(isBig),
      [
        [returned(200), false],
        [returned(1), true],
        [raised(1), false],
      ],
    ],
    [
      "retryAny",
      retryAny(retryIfResult(isBig), retryIfExceptionType(ApiError)),
      [
        [returned(200), true],
        [raised(new ApiError()), true],
        [returned(1), false],
        [raised(new Error()), false],
      ],
    ],
    [
      "retryAll",
      retryAll(retryIfException(), retryIfNotExceptionType(ApiError)),
      [
        [raised(new Error()), true],
        [raised(new ApiError()), false],
        [returned(1), false],
      ],
    ],
  ])("%s asks again as it says", (_, predicate, cases) => {
    for (const [outcome, again] of cases) expect([outcome, ask(predicate, outcome)]).toEqual([outcome, again]);
  });

  test("a cause that goes in a circle is looked at once", () => {
    const first = new Error("first");
    const second = new Error("second", { cause: first });
    first.cause = second;
    expect(ask(retryIfExceptionCauseType(ApiError), raised(first))).toBe(false);
  });

  test("retryAny and retryAll wait for async predicates, in order, and only as far as they must", async () => {
    const asked: string[] = [];
    const later =
      (name: string, answer: boolean): RetryPredicate =>
      async () => {
        asked.push(name);
        return answer;
      };
    expect(await ask(retryAny(later("a", false), later("b", true), later("c", true)), raised(1))).toBe(true);
    expect(await ask(retryAll(later("d", true), retryNever, later("e", true)), raised(1))).toBe(false);
    expect(await ask(retryAny(later("f", false), retryIfException()), raised(1))).toBe(true);
    expect(await ask(retryAll(later("g", true), later("h", true)), raised(1))).toBe(true);
    expect(asked).toEqual(["a", "b", "d", "f", "g", "h"]);
  });

  test("a test may name the type it expects", () => {
    const predicate = retryIfResult((response: Response) => response.status === 503);
    expect(ask(predicate, returned(new Response(null, { status: 503 })))).toBe(true);
  });

  test("predicates that can never ask for a value again are known as such, combined ones too", () => {
    expect(
      [retryNever, retryIfExceptionType(ApiError), retryAny(retryIfException(), retryNever)].map(looksAtErrorsOnly),
    ).toEqual([true, true, true]);
    expect(
      [retryAlways, retryIfResult(isBig), retryAny(retryIfException(), () => true)].map(looksAtErrorsOnly),
    ).toEqual([false, false, false]);
  });

  test("what is no class and what is no single message test is refused by name", () => {
    const loose =
      (make: (...args: never) => unknown, ...args: unknown[]) =>
      (): unknown =>
        Reflect.apply(make, undefined, args);
    expect(loose(retryIfExceptionType, "ApiError")).toThrow("`types`");
    expect(loose(retryIfExceptionMessage, {})).toThrow("exactly one of the two");
    expect(loose(retryIfExceptionMessage, { message: "a", match: "b" })).toThrow("exactly one of the two");
  });
});
