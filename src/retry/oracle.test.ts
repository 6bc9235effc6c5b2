import { describe, expect, test } from "vitest";
import golden from "../../test/oracle/tenacity-golden.json" with { type: "json" };
import {
  Retrying,
  retryAny,
  retryIfException,
  retryIfExceptionType,
  retryIfNotExceptionType,
  retryIfResult,
  retryNever,
  type RetryOptions,
  type RetryState,
  stopAfterAttempt,
  stopAfterDelay,
  stopAny,
  stopBeforeDelay,
  stopNever,
  TryAgain,
  waitChain,
  waitCombine,
  waitExponential,
  waitExponentialJitter,
  waitFixed,
  waitIncrementing,
  waitNone,
  waitRandom,
  waitRandomExponential,
  type WaitStrategy,
} from "./index.ts";
import { retryState, seededRandom } from "./testing/index.ts";

// What tenacity did under a fake clock and a seeded generator, in seconds, and the same in our words.

const WAITS: Readonly<Record<string, WaitStrategy>> = {
  "wait_none()": waitNone(),
  "wait_fixed(2.5)": waitFixed("2.5s"),
  "wait_random(1,3)": waitRandom({ min: "1s", max: "3s" }),
  "wait_incrementing(1,2,7)": waitIncrementing({ start: "1s", increment: "2s", max: "7s" }),
  "wait_incrementing()": waitIncrementing(),
  "wait_exponential()": waitExponential(),
  "wait_exponential(multiplier=0.5,max=10)": waitExponential({ multiplier: "0.5s", max: "10s" }),
  "wait_exponential(min=4,max=10)": waitExponential({ min: "4s", max: "10s" }),
  "wait_exponential(exp_base=3)": waitExponential({ expBase: 3 }),
  "wait_exponential(exp_base=1)": waitExponential({ expBase: 1 }),
  "wait_exponential(exp_base=0.5)": waitExponential({ expBase: 0.5 }),
  "wait_exponential(multiplier=0,min=3)": waitExponential({ multiplier: 0, min: "3s" }),
  "wait_random_exponential()": waitRandomExponential(),
  "wait_random_exponential(min=2,max=20)": waitRandomExponential({ min: "2s", max: "20s" }),
  "wait_random_exponential(min=10,max=2)": waitRandomExponential({ min: "10s", max: "2s" }),
  "wait_exponential_jitter()": waitExponentialJitter(),
  "wait_exponential_jitter(max=60)": waitExponentialJitter({ max: "60s" }),
  "wait_chain(fixed1,fixed1,fixed3,exponential)": waitChain(
    waitFixed("1s"),
    waitFixed("1s"),
    waitFixed("3s"),
    waitExponential(),
  ),
  "wait_fixed(3)+wait_random(0,2)": waitCombine(waitFixed("3s"), waitRandom({ max: "2s" })),
};

describe("the waits of tenacity", () => {
  test("every strategy it was asked for is here", () => {
    expect(Object.keys(WAITS).sort()).toEqual(Object.keys(golden.waits).sort());
  });

  test.each(Object.entries(golden.waits))("%s", (name, seconds) => {
    const random = seededRandom(42);
    const waits = golden.attempts.map((attemptNumber) => WAITS[name]?.(retryState({ attemptNumber, random })));
    expect(waits.length).toBe(seconds.length);
    waits.forEach((waitMs, i) => expectSame(waitMs, (seconds[i] ?? Number.NaN) * 1000));
  });
});

class ValueError extends Error {}
class IOError extends Error {}
class IOErrorChild extends IOError {}

const ERRORS: Readonly<Record<string, new () => Error>> = {
  ValueError_: ValueError,
  IOError_: IOError,
  IOErrorChild,
  TryAgain,
};

const isNone = (value: unknown): boolean => value === null;
const SPEC: Readonly<Record<string, RetryOptions>> = {
  "exponential()": { wait: waitExponential() },
  "fixed(1)": { wait: waitFixed("1s") },
  "fixed(2)": { wait: waitFixed("2s") },
  "attempt(2)": { stop: stopAfterAttempt(2) },
  "attempt(3)": { stop: stopAfterAttempt(3) },
  "attempt(5)": { stop: stopAfterAttempt(5) },
  "after_delay(5)": { stop: stopAfterDelay("5s") },
  "before_delay(5)": { stop: stopBeforeDelay("5s") },
  "after_delay(3) | attempt(10)": { stop: stopAny(stopAfterDelay("3s"), stopAfterAttempt(10)) },
  never: { retry: retryNever },
  "if_exception_type(ValueError_)": { retry: retryIfExceptionType(ValueError) },
  "if_exception_type(IOError_)": { retry: retryIfExceptionType(IOError) },
  "if_not_exception_type(IOError_)": { retry: retryIfNotExceptionType(IOError) },
  "if_result(None)": { retry: retryIfResult(isNone) },
  "if_result(None) | if_exception_type": { retry: retryAny(retryIfResult(isNone), retryIfException()) },
  '-> "fallback"': { onGiveUp: () => "fallback" },
  true: { reraise: true },
  iter: {},
};

type Trace = (typeof golden.traces)[number];
type Event = readonly unknown[];

/** Runs a trace's script under our engine and writes down what happens, as the oracle does. */
async function replay(trace: Trace): Promise<{ events: Event[]; result: Event; statistics: unknown }> {
  const events: Event[] = [];
  let nowMs = 0;
  const named = Object.values(trace.spec).map((words) => SPEC[String(words)]);
  expect(named).not.toContain(undefined);
  const plain: RetryOptions = { stop: stopNever, wait: waitNone(), retry: retryIfException() };
  const {
    stop = stopNever,
    wait = waitNone(),
    retry = retryNever,
    ...rest
  }: RetryOptions = Object.assign({}, plain, ...named);
  const telling =
    <R>(kind: string, strategy: (state: RetryState) => R) =>
    (state: RetryState): R => {
      const answer = strategy(state);
      events.push([kind, state.attemptNumber, answer]);
      return answer;
    };
  const retrying = new Retrying({
    ...rest,
    stop: telling("stop", stop),
    wait: telling("wait", wait),
    retry: telling("retry", retry),
    before: (state) => void events.push(["before", shown(state)]),
    after: (state) => void events.push(["after", shown(state)]),
    beforeSleep: (state) => void events.push(["before_sleep", shown(state)]),
    sleep: async (delayMs) => {
      events.push(["sleep", delayMs]);
      nowMs += delayMs;
    },
    clock: { now: () => nowMs, wallNow: () => nowMs },
    random: seededRandom(7),
  });
  let calls = 0;
  const scripted = async (): Promise<unknown> => {
    events.push(["call", ++calls]);
    nowMs += at(trace.attemptDurations, calls) * 1000;
    const [kind, what] = at(trace.script, calls);
    if (kind === "return") return what;
    throw new (ERRORS[String(what)] ?? Error)();
  };
  const wrapped = retrying.wrap(scripted);
  const running = "mode" in trace.spec ? looped(retrying, scripted) : wrapped().then((value) => ["returned", value]);
  const result: Event = await running.catch((error: unknown) => [
    "raised",
    className(error),
    className(causeOf(error)),
  ]);
  return { events, result, statistics: "mode" in trace.spec ? undefined : wrapped.statistics };
}

async function looped(retrying: Retrying, fn: () => Promise<unknown>): Promise<Event> {
  for await (const attempt of retrying) await attempt.run(fn);
  return ["loop-ended"];
}

const SEPARATE = "iterator + retry_error_callback (value dropped)";

describe("the traces of tenacity", () => {
  test.each(golden.traces.filter(({ label }) => label !== SEPARATE))("$label", async (trace) => {
    const { events, result, statistics } = await replay(trace);
    expect(events).toEqual(trace.events.map(inOurUnits));
    expect(result).toEqual(trace.result);
    if (statistics === undefined) return;
    const { attempt_number, idle_for, ...delay } = trace.statistics;
    expect(statistics).toMatchObject({
      attemptNumber: attempt_number,
      idleForMs: idle_for * 1000,
      delaySinceFirstAttemptMs:
        "delay_since_first_attempt" in delay ? delay.delay_since_first_attempt * 1000 : undefined,
    });
  });

  test(`${SEPARATE}: ours has the same events and throws, since a loop has no value to give`, async () => {
    const trace = golden.traces.find(({ label }) => label === SEPARATE);
    if (trace === undefined) throw new Error("the trace is gone from the oracle");
    const { events, result } = await replay(trace);
    expect(events).toEqual(trace.events.map(inOurUnits));
    expect(result).toEqual(["raised", "RetryError", "ValueError_"]);
  });
});

/** An event of the oracle with milliseconds and without what is not compared. */
function inOurUnits(event: Event): Event {
  const [kind, first, second] = event;
  if (kind === "sleep") return [kind, Number(first) * 1000];
  if (kind === "wait") return [kind, first, Number(second) * 1000];
  if (typeof first !== "object" || first === null) return event;
  const record = first as Readonly<Record<string, unknown>>;
  const ms = (key: string): unknown => (typeof record[key] === "number" ? record[key] * 1000 : undefined);
  return [
    kind,
    {
      attempt: record["attempt"],
      idleForMs: ms("idle_for"),
      upcomingSleepMs: ms("upcoming_sleep"),
      elapsedMs: ms("seconds_since_start"),
      nextSleepMs: ms("next_action_sleep"),
      outcome: record["outcome"] ?? undefined,
    },
  ];
}

/** Our state in the same form; the time since the start is compared where there is an outcome. */
function shown({ attemptNumber, idleForMs, upcomingSleepMs, elapsedMs, nextSleepMs, outcome }: RetryState): unknown {
  return {
    attempt: attemptNumber,
    idleForMs,
    upcomingSleepMs,
    elapsedMs: outcome && elapsedMs,
    nextSleepMs,
    outcome:
      outcome && (outcome.status === "raised" ? ["raised", className(outcome.error)] : ["returned", outcome.value]),
  };
}

/** The oracle's name for an error's class. */
function className(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  return Object.keys(ERRORS).find((name) => ERRORS[name] === error.constructor) ?? error.constructor.name;
}

function causeOf(error: unknown): unknown {
  return error instanceof Error ? error.cause : undefined;
}

/** The entry for the n-th call; the last one stays. */
function at<T>(list: readonly T[], n: number): T {
  const entry = list[Math.min(n, list.length) - 1];
  if (entry === undefined) throw new Error("an empty script");
  return entry;
}

function expectSame(got: unknown, expected: number): void {
  expect(Math.abs(Number(got) - expected)).toBeLessThanOrEqual(Math.abs(expected) * 1e-12);
}
