import { expect, it } from "vitest";
import { FakeClock } from "../../retry/testing/index.ts";
import { cancelledByUser, InFlight, type Seat } from "./in-flight.ts";
import { RunControl } from "./run-control.ts";

const seatOf = (itemId: string, aborted: unknown[]): Seat => ({
  slot: -1,
  item: { phase: "p", itemId },
  step: "ask",
  startedAtMs: 0,
  attempt: 0,
  waitsFor: undefined,
  abort: (reason) => aborted.push(reason),
});

it.each([
  { when: "while it is at work", isBefore: false, itemId: "a", ends: [cancelledByUser()] },
  {
    when: "a moment before, as while its content is packed for a worker",
    isBefore: true,
    itemId: "a",
    ends: [cancelledByUser()],
  },
  { when: "and is another one", isBefore: true, itemId: "b", ends: [] },
])("a step knows that an item was cancelled $when", ({ isBefore, itemId, ends }) => {
  const inFlight = new InFlight({ control: new RunControl(), clock: new FakeClock() });
  const aborted: unknown[] = [];
  const seat = seatOf(itemId, aborted);
  if (isBefore) inFlight.cancel({ phase: "p", itemId: "a" });
  inFlight.enter(seat);
  if (!isBefore) inFlight.cancel({ phase: "p", itemId: "a" });
  expect(aborted).toEqual(ends);
});
