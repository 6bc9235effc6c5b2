import { expect, it } from "vitest";
import { ordersTogether, type LeaseOrder } from "./lease-keeper.ts";

const hold = (id: string): LeaseOrder => ({ hold: { id, token: "t" } });
const drop = (id: string): LeaseOrder => ({ drop: { id, token: "t" } });
const tick = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

it("says in one message, and in order, what jobs that begin together need before any of their steps begins", async () => {
  const told: (readonly LeaseOrder[])[] = [];
  const order = ordersTogether((orders) => told.push(orders));
  order.later(drop("a"));
  for (const id of ["b", "c"]) order.now(hold(id));
  expect(told).toEqual([]);
  await Promise.resolve();
  expect(told).toEqual([[drop("a"), hold("b"), hold("c")]]);
  await tick();
  expect(told).toHaveLength(1);
});

it("says soon what nothing waits for, and what comes after it", async () => {
  const told: (readonly LeaseOrder[])[] = [];
  const order = ordersTogether((orders) => told.push(orders));
  order.later(drop("a"));
  await Promise.resolve();
  expect(told).toEqual([]);
  await tick();
  expect(told).toEqual([[drop("a")]]);
  order.now(hold("b"));
  await Promise.resolve();
  expect(told[1]).toEqual([hold("b")]);
});
