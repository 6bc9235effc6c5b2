import { expect, it } from "vitest";
import type { RunnableStep } from "../../pipeline/index.ts";
import type { RunDeps } from "../run-deps.ts";
import { CallGuard } from "./call-guard.ts";
import { stepCalls } from "./step-calls.ts";

it("a step does not begin whose attempt was aborted while it was asked whether its call is needed", async () => {
  const deps = { laneOf: () => undefined, metering: {}, services: {} } as unknown as RunDeps;
  const step = { name: "ask", stage: "transform", priority: 0 } as unknown as RunnableStep;
  const confirming = Promise.withResolvers<void>();
  const aborting = new AbortController();
  const calls = stepCalls(step, deps)(
    { phase: "p", itemId: "a" },
    { sinceMs: 0, turn: { stop() {}, goOn() {} }, guard: new CallGuard(() => confirming.promise) },
  );
  let begun = 0;
  const running = calls.run(async () => (begun += 1), aborting.signal);
  await new Promise((resolve) => setImmediate(resolve));
  aborting.abort(new Error("The attempt has taken too long."));
  confirming.resolve();
  await expect(running).rejects.toThrow("too long");
  expect(begun).toBe(0);
});
