/**
 * What holds for the built retry engine in every JavaScript runtime. Plain JavaScript without an import of anything
 * else, so that Node, Deno, Bun and a browser run this very file on the very files that are published.
 */
import {
  ConnectionError,
  Retrying,
  retryCall,
  RetryError,
  retryIfExceptionType,
  retryIfHttpTransient,
  retryIfResult,
  stopAfterAttempt,
  stopNever,
  TimeoutError,
  waitFixed,
  waitNone,
  waitRetryAfter,
  withRetry,
} from "../../dist/retry/index.js";

/**
 * Each fact is an async function that throws when it does not hold. It is told where nobody answers (`refusedUrl`) and
 * where an answer breaks off (`brokenUrl`).
 */
const facts = {
  "a call that succeeds at once makes one attempt and gives the value": async () => {
    const flaky = failing(0);
    equal(await retryCall(flaky.call), "fine");
    equal(flaky.calls, 1);
  },

  "a call that fails twice is made three times": async () => {
    const flaky = failing(2);
    equal(await new Retrying({ wait: waitNone() }).call(flaky.call), "fine");
    equal(flaky.calls, 3);
  },

  "a call that goes on failing ends in a RetryError with the last error as its cause": async () => {
    const flaky = failing(Infinity);
    const error = await raised(new Retrying({ stop: stopAfterAttempt(2), wait: waitNone() }).call(flaky.call));
    equal(error instanceof RetryError, true);
    equal(error.attempts, 2);
    equal(error.reason, "attempts");
    equal(error.cause.message, "failure 2");
  },

  "a real fetch that reaches nobody is a ConnectionError here, and is tried again": async ({ refusedUrl }) => {
    const policy = new Retrying({ retry: retryIfExceptionType(ConnectionError), wait: waitFixed(1), reraise: true });
    let calls = 0;
    const error = await raised(
      policy.call(() => {
        calls += 1;
        return fetch(refusedUrl);
      }),
    );
    equal(calls, 3, `attempts after ${String(error)}`);
    equal(error instanceof ConnectionError, true);
    equal(error instanceof TimeoutError, false);
  },

  "a real answer that breaks off is a ConnectionError here": async ({ brokenUrl }) => {
    const answer = await fetch(brokenUrl);
    const error = await raised(answer.text());
    equal(error instanceof ConnectionError, true, `that of ${String(error)}`);
    equal(error instanceof TimeoutError, false);
  },

  "an address that is none is no ConnectionError here": async () => {
    const error = await raised(fetch("http://%zz/"));
    equal(error instanceof ConnectionError, false, `that of ${String(error)}`);
  },

  "a bug's TypeError is no ConnectionError, and is not tried again": async () => {
    let calls = 0;
    const error = await raised(
      retryCall(() => {
        calls += 1;
        return undefined.property;
      }),
    );
    equal(calls, 1);
    equal(error.constructor, TypeError);
  },

  "an abort while it waits settles at once with the reason itself, and leaves no listener": async () => {
    const reason = { asked: "to stop" };
    const { controller, listeners } = countedController();
    const policy = new Retrying({ wait: waitFixed("1h"), signal: controller.signal });
    const startMs = performance.now();
    const call = raised(policy.call(failing(Infinity).call));
    setTimeout(() => controller.abort(reason), 20);
    equal(await call, reason);
    within(performance.now() - startMs, 15, 1000);
    equal(listeners(), 0);
  },

  "an abort during an attempt that ignores it settles at once": async () => {
    const controller = new AbortController();
    const reason = new Error("enough");
    const call = raised(new Retrying({ signal: controller.signal }).call(() => new Promise(() => {})));
    setTimeout(() => controller.abort(reason), 5);
    equal(await call, reason);
  },

  "a signal that is aborted already means that the function is never called": async () => {
    const flaky = failing(0);
    equal(await raised(new Retrying({ signal: AbortSignal.abort("no") }).call(flaky.call)), "no");
    equal(flaky.calls, 0);
  },

  "an attempt that takes too long is a TimeoutError, tells the attempt's signal, and is tried again": async () => {
    const policy = new Retrying({ attemptTimeout: 20, wait: waitNone() });
    const signals = [];
    const value = await policy.run(({ attemptNumber, signal }) => {
      signals.push(signal);
      return attemptNumber === 1 ? new Promise(() => {}) : "in time";
    });
    equal(value, "in time");
    equal(signals[0].aborted, true);
    equal(signals[0].reason instanceof TimeoutError, true);
    equal(signals[1].aborted, false);
  },

  "a whole call that takes too long ends with its time": async () => {
    const startMs = performance.now();
    const policy = new Retrying({ timeout: 50, stop: stopNever, wait: waitFixed(15) });
    equal(await raised(policy.call(failing(Infinity).call)).then(({ reason }) => reason), "deadline");
    within(performance.now() - startMs, 0, 1000);
  },

  "the platform's own timeout signal is a TimeoutError": async () => {
    const signal = AbortSignal.timeout(1);
    await new Promise((resolve) => void setTimeout(resolve, 30));
    equal(signal.reason instanceof TimeoutError, true);
    equal(signal.reason instanceof ConnectionError, false);
  },

  "zero waits let timers run: a call that goes on for ever does not starve the rest": async () => {
    let done = false;
    setTimeout(() => (done = true), 1);
    const policy = new Retrying({ stop: stopNever, wait: waitNone(), retry: retryIfResult((value) => !value) });
    equal(await policy.call(() => done), true);
  },

  "a decorator around a function keeps its name, length and `this`": async () => {
    const owner = {
      greeting: "hello",
      greet: withRetry({ maxAttempts: 2 })(async function greet(name, mark) {
        return [this.greeting, " ", name, mark].join("");
      }),
    };
    equal(owner.greet.name, "greet");
    equal(owner.greet.length, 2);
    equal(await owner.greet("you", "!"), "hello you!");
  },

  "a wrapped function tells how its last call went": async () => {
    const flaky = failing(2);
    const wrapped = new Retrying({ wait: waitFixed(2) }).wrap(flaky.call);
    equal(wrapped.statistics.attemptNumber, 0);
    await wrapped();
    const { attemptNumber, idleForMs, delaySinceFirstAttemptMs, startTime } = wrapped.statistics;
    equal(attemptNumber, 3);
    equal(idleForMs, 4);
    within(delaySinceFirstAttemptMs, 1, 1000);
    within(performance.now() - startTime, 1, 1000);
  },

  "the loop form goes round until an attempt is accepted": async () => {
    const flaky = failing(1);
    const rounds = [];
    for await (const attempt of new Retrying({ wait: waitNone() })) {
      rounds.push(attempt.attemptNumber);
      await attempt.run(flaky.call);
    }
    equal(rounds.join(), "1,2");
  },

  "the synchronous form needs no promise": async () => {
    let calls = 0;
    const value = new Retrying({ wait: waitNone() }).callSync(() => {
      calls += 1;
      if (calls < 3) throw new Error("not yet");
      return calls;
    });
    equal(value, 3);
  },

  "a Response that may pass by itself is asked again after the time it names, and its body is let go": async () => {
    const busy = new Response("busy", { status: 429, headers: { "retry-after-ms": "30" } });
    const answers = [busy, new Response("ready")];
    const policy = new Retrying({ retry: retryIfHttpTransient(), wait: waitRetryAfter({ jitter: 0 }) });
    const startMs = performance.now();
    const answer = await policy.call(async () => answers.shift());
    within(performance.now() - startMs, 28, 1000);
    equal(await answer.text(), "ready");
    equal((await raised(busy.text())) instanceof TypeError, true);
  },

  "calls of one policy at the same time share nothing": async () => {
    const policy = new Retrying({ stop: stopAfterAttempt(5), wait: waitFixed(1) });
    const counts = await Promise.all(
      [0, 1, 2, 3, 4].map(async (failures) => {
        const flaky = failing(failures);
        await policy.call(flaky.call);
        return flaky.calls;
      }),
    );
    equal(counts.join(), "1,2,3,4,5");
  },
};

/** Tries every fact; resolves with a line for each: `{ name, error }`, where the error is a text or undefined. */
export async function tryAll(deps) {
  const lines = [];
  for (const [name, holds] of Object.entries(facts)) {
    const error = await holds(deps).then(
      () => undefined,
      (/** @type {unknown} */ problem) => (problem instanceof Error && problem.stack) || String(problem),
    );
    lines.push({ name, error });
  }
  return lines;
}

/** A function that raises so many times before it returns. */
function failing(failures) {
  const flaky = {
    calls: 0,
    call: async () => {
      flaky.calls += 1;
      if (flaky.calls <= failures) throw new Error(`failure ${flaky.calls}`);
      return "fine";
    },
  };
  return flaky;
}

/** A controller whose signal counts the listeners that it has. */
function countedController() {
  const controller = new AbortController();
  const { signal } = controller;
  const listeners = new Set();
  for (const [name, change] of [
    ["addEventListener", "add"],
    ["removeEventListener", "delete"],
  ]) {
    const original = signal[name].bind(signal);
    signal[name] = (type, listener, ...rest) => {
      listeners[change](listener);
      original(type, listener, ...rest);
    };
  }
  return { controller, listeners: () => listeners.size };
}

async function raised(promise) {
  let value;
  try {
    value = await promise;
  } catch (error) {
    return error;
  }
  throw new Error(`Expected a failure, got ${String(value)}`);
}

function equal(actual, expected, what = "value") {
  if (!Object.is(actual, expected))
    throw new Error(`Expected ${what} to be ${String(expected)}, got ${String(actual)}`);
}

function within(actual, low, high) {
  if (!(actual >= low && actual <= high)) throw new Error(`Expected ${actual} to be between ${low} and ${high}`);
}
