import { channel } from "node:diagnostics_channel";
import { describe, expect, it } from "vitest";
import { FakeClock } from "../../../retry/testing/index.ts";
import { type StepContext } from "../../pipeline/index.ts";
import type { StepOptions } from "../../pipeline/step.ts";
import { InFlight } from "../in-flight.ts";
import { RunControl } from "../run-control.ts";
import type { RunDeps } from "../run-deps.ts";
import { ITEM, runnableOf, stepDeps } from "./fixtures/step-bench.ts";
import { stepRunner } from "./run-step.ts";

interface Around {
  readonly control: RunControl;
  readonly inFlight: InFlight;
}

type Asked = Omit<StepOptions<number, unknown>, "name" | "process"> & {
  readonly process: (n: number, ctx: StepContext, around: Around) => unknown;
};

async function runOne({ process, ...options }: Asked) {
  const clock = new FakeClock();
  const control = new RunControl();
  const inFlight = new InFlight({ control, clock });
  const model = {
    id: "fake:model",
    lane: undefined,
    fingerprint: "fake",
    check: async () => ({ notes: [] }),
    generate: async () => ({ text: "x", usage: { inputTokens: 1, outputTokens: 1 } }),
  };
  const services = { model } as unknown as RunDeps["services"];
  const deps = stepDeps({ services, leases: undefined, control, clock, inFlight });
  const around = { control, inFlight };
  const runnable = runnableOf({ ...options, process: (n: number, ctx) => process(n, ctx, around) });
  const { end, attempts, usage } = await stepRunner(runnable, deps)(1, ITEM);
  return { end, attempts, usage, inFlight: inFlight.size };
}

const flaky = (): Error => Object.assign(new Error("503"), { status: 503 });

/** What a first call does, and what is made of it. It is the same whether the retry engine makes that call or not. */
const CALLS: Readonly<Record<string, Asked>> = {
  "returns at once": { process: () => "x" },
  "returns later": { process: async () => "x" },
  "throws at once": {
    process(_, { attempt }) {
      if (attempt === 1) throw flaky();
      return { attempt };
    },
  },
  "fails later": {
    async process(_, { attempt }) {
      if (attempt === 1) throw flaky();
      return { attempt };
    },
  },
  "fails each time": {
    async process() {
      throw flaky();
    },
  },
  "fails each time, and onError helps": {
    async process() {
      throw flaky();
    },
    onError: (_error, _content, { attempt }) => ({ attempt }),
  },
  "fails for good": {
    async process() {
      throw new TypeError("x is undefined");
    },
  },
  "is cancelled and never settles": {
    process(_, __, { inFlight }) {
      setImmediate(() => inFlight.cancel(ITEM));
      return new Promise(() => {});
    },
  },
  "is cancelled and ends with its signal": {
    process: (_, { signal }, { inFlight }) =>
      new Promise((__, reject) => {
        signal.addEventListener("abort", () => reject(new Error("mine")));
        setImmediate(() => inFlight.cancel(ITEM));
      }),
  },
  "is cancelled after it has paid": {
    async process(_, { model, signal }, { inFlight }) {
      await model.generate({ prompt: "a" });
      inFlight.cancel(ITEM);
      return { aborted: signal.aborted };
    },
  },
  "cancels its own item at once": {
    process(_, __, { inFlight }) {
      inFlight.cancel(ITEM);
      return "x";
    },
  },
  "is cancelled while its answer is checked, which never ends": {
    validate: { "~standard": { version: 1, vendor: "test", validate: () => new Promise(() => {}) } },
    process(_, __, { inFlight }) {
      setImmediate(() => inFlight.cancel(ITEM));
      return "x";
    },
  },
  "is cancelled later than its answer came, while that is checked": {
    validate: { "~standard": { version: 1, vendor: "test", validate: () => new Promise(() => {}) } },
    async process(_, __, { inFlight }) {
      setImmediate(() => inFlight.cancel(ITEM));
      return "x";
    },
  },
  "gives an answer that does not fit once": {
    validate: {
      "~standard": {
        version: 1,
        vendor: "test",
        validate: async (value: unknown) => (value === 1 ? { issues: [{ message: "too small" }] } : { value }),
      },
    },
    process: (_, { attempt }) => attempt,
  },
  "halts the run": {
    process(_, __, { control }) {
      setImmediate(() => control.haltNow({ kind: "user", message: "stop" }));
      return new Promise(() => {});
    },
  },
  "halts the run at once": {
    process(_, __, { control }) {
      control.haltNow({ kind: "user", message: "stop" });
      return "x";
    },
  },
  "drains the run and fails": {
    async process(_, __, { control }) {
      control.stop({ kind: "user", message: "stop" });
      throw flaky();
    },
  },
  "drains the run and is answered": {
    async process(_, __, { control }) {
      control.stop({ kind: "user", message: "stop" });
      return "x";
    },
  },
};

const told = ({ end, ...rest }: Awaited<ReturnType<typeof runOne>>): unknown =>
  JSON.parse(JSON.stringify({ ...rest, end }, (_, value: unknown) => (value instanceof Error ? value.message : value)));

describe("the first call of a step that waits for nothing", () => {
  it.each(Object.keys(CALLS))("ends as under the retry engine: one that %s", async (what) => {
    const asked = CALLS[what];
    if (!asked) throw new Error("There is no such call.");
    const made = told(await runOne(asked));
    // Whoever listens there has each attempt made by the retry engine.
    const attempts = channel("holdfast:retry");
    const listener = (): void => {};
    attempts.subscribe(listener);
    try {
      expect(made).toEqual(told(await runOne(asked)));
    } finally {
      attempts.unsubscribe(listener);
    }
    expect(made).toMatchObject({ inFlight: 0 });
  });
});
