import { expect, it } from "vitest";
import { sharedStateWith } from "../queue/fixtures/shared-state.ts";
import type { Permit, PermitAnswer, SharedState } from "../queue/shared-state.ts";
import { nameOf, permitsKept, valuesKept, type Renewer } from "./kept-while-blocked.ts";

const permit: Permit = { id: "one", asker: "me", concurrency: 1, windows: [], leaseMs: 5_000 };

/** What is renewed after some work with the shared state. */
async function renewedAfter(
  kept: (state: SharedState, keeper: Renewer) => SharedState,
  work: (state: SharedState) => Promise<unknown>,
  answer: PermitAnswer["kind"] = "taken",
): Promise<readonly string[]> {
  const renewed = new Set<string>();
  const state = sharedStateWith({
    put: async () => {},
    remove: async () => {},
    take: async () => (answer === "later" ? { kind: "later", waitMs: 1 } : { kind: answer }),
    release: async () => ({ unreached: 0, isDown: false }),
  });
  const keeper: Renewer = {
    renew: (renewal) => void renewed.add(nameOf(renewal)),
    end: (renewal) => void renewed.delete(nameOf(renewal)),
  };
  await work(kept(state, keeper));
  return [...renewed];
}

it.each([
  [
    "its presence",
    valuesKept,
    (state: SharedState) => state.put("worker:a", "x", { ttlMs: 10_000 }),
    ["value worker:a"],
  ],
  ["no value that does not expire", valuesKept, (state: SharedState) => state.put("worker:a", "x"), []],
  [
    "no presence that it has ended",
    valuesKept,
    async (state: SharedState) => {
      await state.put("worker:a", "x", { ttlMs: 10_000 });
      await state.remove(["worker:a"]);
    },
    [],
  ],
  ["a permit that it took", permitsKept, (state: SharedState) => state.take("crm", permit), ["permit crm one"]],
  [
    "no permit that it gave back",
    permitsKept,
    async (state: SharedState) => {
      await state.take("crm", permit);
      await state.release("crm", permit, { outcome: "answered" });
    },
    [],
  ],
] as const)("a blocked worker keeps %s", async (_, kept, work, names) => {
  expect(await renewedAfter(kept, work)).toEqual(names);
});

it.each(["full", "down", "later"] as const)("a blocked worker keeps no permit that was refused: %s", async (answer) => {
  expect(await renewedAfter(permitsKept, (state) => state.take("crm", permit), answer)).toEqual([]);
});
