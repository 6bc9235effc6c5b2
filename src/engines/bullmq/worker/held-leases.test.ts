import { describe, expect, it } from "vitest";
import type { HeldJob } from "../queue/backend.ts";
import { HeldLeases } from "./held-leases.ts";

const lease = (id: string, token: string): HeldJob => ({ id, token });
const [FIRST, AGAIN, OTHER, NEXT] = [lease("a", "t:1"), lease("a", "t:2"), lease("b", "t:3"), lease("b", "t:1")];

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
    for (const [order, job] of orders) leases[order](job);
    expect([...leases]).toEqual(left);
  });
});
