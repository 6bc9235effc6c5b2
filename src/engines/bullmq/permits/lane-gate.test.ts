import { describe, expect, it } from "vitest";
import { resolveLaneLimits, type LearningLane } from "../../../core/lane/index.ts";
import { StepError } from "../../../core/failure/index.ts";
import { ConnectionError } from "../../../retry/index.ts";
import { sharedStateWith } from "../queue/fixtures/shared-state.ts";
import type { Released } from "../queue/shared-state.ts";
import { shareLane } from "./lane-gate.ts";

const limits = resolveLaneLimits({
  requests: [{ limit: 50, per: "1s" }],
  tokens: [{ limit: 10_000, per: "1m" }],
});
const call = { itemId: "item", tokens: { known: 300, guessed: 100 } };

/** A lane that lets every call through, and keeps what it is told of outages. */
function newGate() {
  const released: Released[] = [];
  const learned: unknown[] = [];
  const lane: LearningLane = {
    name: "api",
    call: async (_call, work) => work(),
    told: () => {},
    learn: (told) => void learned.push(told),
    isClosed: false,
    opened: async () => {},
  };
  const state = sharedStateWith({
    take: async () => ({ kind: "taken" }),
    release: async (_lane, _permit, how) => {
      released.push(how);
      return { unreached: 3, isDown: false };
    },
    renew: async () => {},
  });
  const gate = shareLane(lane, { state, limits, drain: new AbortController().signal, random: () => 0 });
  return { gate, released, learned };
}

describe("a call on a shared lane", () => {
  it("gives back what it did not use of its tokens, and keeps its place among the requests", async () => {
    const { gate, released } = newGate();
    expect(
      await gate.call(
        call,
        async () => "kelp",
        () => 120,
      ),
    ).toBe("kelp");
    expect(released).toEqual([{ outcome: "answered", amounts: [1, 120] }]);
  });

  it("has used no tokens when it was told to slow down", async () => {
    const { gate, released } = newGate();
    const slowDown = new StepError("rate_limit", "429");
    await expect(gate.call(call, () => Promise.reject(slowDown))).rejects.toBe(slowDown);
    expect(released).toEqual([{ outcome: "answered", amounts: [1, 0] }]);
  });

  it("has used no tokens when it did not reach the API, and its process learns how many others did not", async () => {
    const { gate, released, learned } = newGate();
    const unreached = new ConnectionError("refused");
    await expect(gate.call(call, () => Promise.reject(unreached))).rejects.toBe(unreached);
    expect(released).toEqual([{ outcome: "unreached", amounts: [1, 0] }]);
    expect(learned).toEqual([{ unreached: 2, downForMs: undefined }]);
  });

  it("has used what it asked for when nobody knows better", async () => {
    const { gate, released } = newGate();
    await expect(gate.call(call, () => Promise.reject(new Error("bad request")))).rejects.toThrow("bad request");
    expect(released).toEqual([{ outcome: "answered", amounts: undefined }]);
  });
});
