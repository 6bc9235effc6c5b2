import { describe, expect, it } from "vitest";
import type { HeldJob } from "../queue/backend.ts";
import { HeldLeases } from "./held-leases.ts";
import { LeaseSlots, memoryForLeases } from "./lease-slots.ts";

const lease = (id: string, token: string): HeldJob => ({ id, token });
const [FIRST, AGAIN, OTHER, NEXT] = [lease("a", "t:1"), lease("a", "t:2"), lease("b", "t:3"), lease("b", "t:1")];

const byToken = (a: HeldJob, b: HeldJob): number => a.token.localeCompare(b.token);

type Order = readonly ["drop" | "hold", HeldJob];

describe("the leases of a worker", () => {
  it.each<readonly [string, readonly Order[], readonly HeldJob[]]>([
    [
      "a job that is done",
      [
        ["hold", FIRST],
        ["drop", FIRST],
      ],
      [],
    ],
    [
      "two jobs",
      [
        ["hold", FIRST],
        ["hold", OTHER],
      ],
      [FIRST, OTHER],
    ],
    [
      "a job that was lost, and came again",
      [
        ["hold", FIRST],
        ["hold", AGAIN],
        ["drop", FIRST],
      ],
      [AGAIN],
    ],
    [
      "one that came again and was done first",
      [
        ["hold", FIRST],
        ["hold", AGAIN],
        ["drop", AGAIN],
      ],
      [FIRST],
    ],
    [
      "both works on it",
      [
        ["hold", FIRST],
        ["hold", AGAIN],
      ],
      [FIRST, AGAIN],
    ],
    [
      "the next job of a token",
      [
        ["hold", FIRST],
        ["drop", FIRST],
        ["hold", NEXT],
      ],
      [NEXT],
    ],
    [
      "the next job of a token, before the first is dropped",
      [
        ["hold", FIRST],
        ["hold", NEXT],
        ["drop", FIRST],
      ],
      [NEXT],
    ],
    ["one that was never held", [["drop", AGAIN]], []],
  ])("are each of one token: %s", (_what, orders, left) => {
    const leases = new HeldLeases();
    const memory = memoryForLeases(3);
    const slots = new LeaseSlots(memory);
    for (const [order, job] of orders) {
      leases[order](job);
      slots[order](job);
    }
    expect([...leases]).toEqual(left);
    // As another thread reads them.
    expect([...new LeaseSlots(memory)].toSorted(byToken)).toEqual([...left].toSorted(byToken));
  });
});

describe("the memory of leases", () => {
  it("takes as many jobs as it has room for, again and again, under any id that fits", () => {
    const slots = new LeaseSlots(memoryForLeases(2));
    for (let round = 0; round < 3; round++) {
      expect([FIRST, AGAIN, OTHER].map((job) => slots.hold(job))).toEqual([true, true, false]);
      expect([FIRST, AGAIN, OTHER].map((job) => slots.drop(job))).toEqual([true, true, false]);
    }
    const odd = lease("🪸\n:hf", "t:4");
    expect(slots.hold(odd)).toBe(true);
    expect([...slots]).toEqual([odd]);
    slots.drop(odd);
    const ours = lease(`hf-${"0".repeat(64)}`, `${crypto.randomUUID()}:1234567890`);
    expect(slots.hold(ours)).toBe(true);
    expect([...slots]).toEqual([ours]);
    expect(slots.hold(lease("k".repeat(1_000), "t:5"))).toBe(false);
  });
});
