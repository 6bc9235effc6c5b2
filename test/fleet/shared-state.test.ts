import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Backend } from "../../src/engines/bullmq/queue/backend.ts";
import { openBackend } from "../../src/engines/bullmq/queue/open-backend.ts";
import type { Permit, PermitWindow, SharedState, PermitAnswer } from "../../src/engines/bullmq/queue/shared-state.ts";
import { variants } from "../variants.ts";
import { quickOn, type QueueServer } from "./servers.ts";

const permit = (given: Partial<Permit> = {}): Permit => ({
  id: randomUUID(),
  asker: "one",
  concurrency: 100,
  windows: [],
  leaseMs: 60_000,
  ...given,
});
const requests = (limit: number, perMs: number): PermitWindow => ({ ...tokens(limit, perMs, 1), counts: "requests" });
const tokens = (limit: number, perMs: number, amount: number): PermitWindow => ({
  counts: "tokens",
  perMs,
  limit,
  amount,
  arrivesWithinMs: 0,
});
const ANSWERED = { outcome: "answered" } as const;
const UNREACHED = { outcome: "unreached" } as const;

/** Nobody else calls on it. */
const newLane = (): string => `lane ${randomUUID()}`;

const waitOf = (turn: PermitAnswer): number => (turn.kind === "later" ? turn.waitMs : 0);

for (const { name, start, tags } of quickOn("Postgres"))
  describe(`the shared state in ${name}`, { tags }, () => {
    let server: QueueServer;
    let backends: readonly Backend[];
    let state: SharedState;
    let other: SharedState;
    beforeAll(async () => {
      server = await start();
      backends = [await openBackend(server.address), await openBackend(server.address)];
      const [first, second] = backends;
      if (!first || !second) throw new Error("No backend was opened.");
      [state, other] = [first.state, second.state];
    });
    afterAll(async () => {
      for (const backend of backends) await backend[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    });

    it("keeps values until they are removed or their time is over, and lists them by how their keys begin", async () => {
      const root = `${randomUUID()}:[a-z]*?\\`;
      await state.put(`${root}:1`, "one");
      await state.put(`${root}:2`, "two", { ttlMs: 60_000 });
      await state.put(`${root}:3`, "soon gone", { ttlMs: 50 });
      await state.put(`${root.slice(0, -1)}x`, "another");
      await state.put(`${root}:1`, "one again");
      expect(await other.get(`${root}:1`)).toBe("one again");
      await pause(80);
      expect(await other.get(`${root}:3`)).toBeUndefined();
      expect((await other.list(root)).toSorted()).toEqual(["one again", "two"]);
      await other.remove([`${root}:1`, `${root}:never there`]);
      expect(await state.list(root)).toEqual(["two"]);
      await state.remove([]);
    });

    it("removes what has expired, and nothing that counts", async () => {
      const lane = newLane();
      await state.take(lane, permit({ leaseMs: 50, windows: [requests(1, 100)] }));
      await state.take(lane, permit({ windows: [requests(1, 60_000)] }));
      await state.put(lane, "gone", { ttlMs: 50 });
      await pause(300);
      // Redis has removed it by itself.
      expect(await other.removeExpired()).toBe(name === "Redis" ? 0 : 1);
      expect(await other.removeExpired()).toBe(0);
      expect(waitOf(await other.take(lane, permit({ windows: [requests(1, 60_000)] })))).toBeGreaterThan(30_000);
      expect((await other.take(lane, permit({ concurrency: 1 }))).kind).toBe("full");
      expect((await other.take(lane, permit({ windows: [requests(1, 100)] }))).kind).toBe("taken");
    });

    it("swaps a value for another one only where it is what the caller takes it for", async () => {
      const key = `${randomUUID()}:\0`;
      const ttlMs = 60_000;
      expect(await state.swap(key, { before: "one", after: "two", ttlMs })).toBeUndefined();
      expect(await state.swap(key, { before: undefined, after: "", ttlMs })).toBe("");
      expect(await other.swap(key, { before: undefined, after: "two", ttlMs })).toBe("");
      expect(await other.swap(key, { before: "", after: "\0\ud800=", ttlMs })).toBe("\0\ud800=");
      expect(await state.swap(key, { before: "\0\ud800=", after: "soon gone", ttlMs: 50 })).toBe("soon gone");
      await pause(80);
      const all = Array.from({ length: 20 }, (_, n) => String(n));
      const found = await Promise.all(
        all.map((after, n) => (n % 2 ? state : other).swap(key, { before: undefined, after, ttlMs })),
      );
      const [winner] = found;
      expect(all).toContain(winner);
      expect(new Set(found).size).toBe(1);
      expect(await state.swap(key, { before: winner, after: undefined, ttlMs: 0 })).toBeUndefined();
      expect(await other.get(key)).toBeUndefined();
    });

    it("gives out as many slots as there are, and a slot again that was given back", async () => {
      const lane = newLane();
      const [first, second, third] = [1, 2, 3].map(() => permit({ concurrency: 2 }));
      if (!first || !second || !third) throw new Error("No permits.");
      expect(await state.take(lane, first)).toEqual({ kind: "taken" });
      expect(await other.take(lane, second)).toEqual({ kind: "taken" });
      expect(await state.take(lane, third)).toEqual({ kind: "full" });
      await other.release(lane, second, ANSWERED);
      expect(await state.take(lane, third)).toEqual({ kind: "taken" });
    });

    it("takes a slot back from a process that died, and never from one that renews it", async () => {
      const lane = newLane();
      const [dead, alive] = [permit({ concurrency: 2, leaseMs: 2_000 }), permit({ concurrency: 2, leaseMs: 2_000 })];
      await state.take(lane, dead);
      await other.take(lane, alive);
      // Nobody takes anything for longer than two leases last.
      for (let n = 0; n < 21; n += 1) {
        await pause(200);
        await other.renew(lane, [alive.id], 2_000);
      }
      expect(await state.take(lane, permit({ concurrency: 1 }))).toEqual({ kind: "full" });
      expect(await state.take(lane, permit({ concurrency: 2 }))).toEqual({ kind: "taken" });
    });

    it("says when there is room in a window, and takes of all windows or of none", async () => {
      const lane = newLane();
      const windows = [requests(2, 60_000), tokens(100, 30_000, 40)];
      await state.take(lane, permit({ windows }));
      await state.take(lane, permit({ windows }));
      const refused = await other.take(lane, permit({ windows: [requests(3, 60_000), tokens(100, 30_000, 40)] }));
      expect(waitOf(refused)).toBeGreaterThan(15_000);
      expect(waitOf(refused)).toBeLessThanOrEqual(30_001);
      // The refused one took nothing of the window that had room.
      expect(await other.take(lane, permit({ windows: [requests(3, 60_000)] }))).toEqual({ kind: "taken" });
      expect(waitOf(await other.take(lane, permit({ windows: [requests(3, 60_000)] })))).toBeGreaterThan(30_001);
    });

    it("counts a call from when it has ended, and at the latest from when it must have reached the API", async () => {
      const lane = newLane();
      const windows = [{ ...requests(2, 60_000), arrivesWithinMs: 30_000 }];
      const [short, long] = [permit({ windows }), permit({ windows })];
      await state.take(lane, short);
      await state.take(lane, long);
      const whileBothAreOut = waitOf(await other.take(lane, permit({ windows })));
      expect(whileBothAreOut).toBeGreaterThan(75_000);
      expect(whileBothAreOut).toBeLessThanOrEqual(90_001);
      await pause(200);
      await state.release(lane, short, ANSWERED);
      const afterOneEnded = waitOf(await other.take(lane, permit({ windows })));
      expect(afterOneEnded).toBeGreaterThan(45_000);
      expect(afterOneEnded).toBeLessThanOrEqual(60_001);
    });

    it("waits for as many as a large call needs to be forgotten", async () => {
      const lane = newLane();
      await state.take(lane, permit({ windows: [tokens(100, 60_000, 30)] }));
      await pause(2_000);
      await state.take(lane, permit({ windows: [tokens(100, 60_000, 30)] }));
      const small = waitOf(await state.take(lane, permit({ windows: [tokens(100, 60_000, 70)] })));
      const large = waitOf(await state.take(lane, permit({ windows: [tokens(100, 60_000, 100)] })));
      expect(large - small).toBeGreaterThan(1_000);
    });

    it("corrects what a call took when the truth is known, up and down", async () => {
      const lane = newLane();
      const windows = (amount: number): readonly PermitWindow[] => [requests(9, 60_000), tokens(100, 60_000, amount)];
      const [first, second] = [permit({ windows: windows(90) }), permit({ windows: windows(60) })];
      await state.take(lane, first);
      expect((await other.take(lane, second)).kind).toBe("later");
      await state.release(lane, first, { outcome: "answered", amounts: [1, 10] });
      expect(await other.take(lane, second)).toEqual({ kind: "taken" });
      await other.release(lane, second, { outcome: "answered", amounts: [1, 85] });
      expect((await state.take(lane, permit({ windows: windows(6) }))).kind).toBe("later");
      expect(await state.take(lane, permit({ windows: windows(5) }))).toEqual({ kind: "taken" });
    });

    it("keeps quiet for the longest time that was asked for", async () => {
      const lane = newLane();
      await state.pause(lane, 3_000);
      await other.pause(lane, 100);
      const told = waitOf(await other.take(lane, permit()));
      expect(told).toBeGreaterThan(100);
      expect(told).toBeLessThanOrEqual(3_000);
      await pause(told + 5);
      expect(await other.take(lane, permit())).toEqual({ kind: "taken" });
    });

    it("lets only those try a lane that found it down, one at a time, until somebody is answered", async () => {
      const lane = newLane();
      await state.markDown(lane, { asker: "one", leaseMs: 60_000 });
      expect(await other.take(lane, permit({ asker: "two" }))).toEqual({ kind: "down" });
      const probe = permit({ asker: "one" });
      expect(await state.take(lane, probe)).toEqual({ kind: "taken" });
      expect(await state.take(lane, permit({ asker: "one" }))).toEqual({ kind: "full" });
      await state.release(lane, probe, ANSWERED);
      await state.markUp(lane);
      expect(await other.take(lane, permit({ asker: "two" }))).toEqual({ kind: "taken" });
      // A mark that was taken away is not kept by whoever has not heard of it.
      await state.keepDown(lane, { asker: "one", leaseMs: 60_000 });
      expect(await other.take(lane, permit({ asker: "two" }))).toEqual({ kind: "taken" });
    });

    it("finds a lane up again when whoever found it down has died", async () => {
      const lane = newLane();
      await state.markDown(lane, { asker: "one", leaseMs: 3_000 });
      await state.keepDown(lane, { asker: "one", leaseMs: 3_000 });
      expect(await other.take(lane, permit({ asker: "two" }))).toEqual({ kind: "down" });
      await pause(3_050);
      expect(await other.take(lane, permit({ asker: "two" }))).toEqual({ kind: "taken" });
    });

    it("counts the calls of all that reached nobody, until one is answered", async () => {
      const lane = newLane();
      const end = async (
        by: SharedState,
        asker: string,
        how: Parameters<SharedState["release"]>[2],
      ): Promise<unknown> => {
        const given = permit({ asker });
        await by.take(lane, given);
        return by.release(lane, given, how);
      };
      expect(await end(state, "one", UNREACHED)).toEqual({ unreached: 1, isDown: false });
      expect(await end(other, "two", UNREACHED)).toEqual({ unreached: 2, isDown: false });
      expect(await end(other, "two", { outcome: "unknown" })).toEqual({ unreached: 2, isDown: false });
      await state.markDown(lane, { asker: "one", leaseMs: 60_000 });
      expect(await other.release(lane, permit({ asker: "two" }), UNREACHED)).toEqual({ unreached: 3, isDown: true });
      expect(await state.release(lane, permit({ asker: "one" }), UNREACHED)).toEqual({ unreached: 4, isDown: false });
      expect(await state.release(lane, permit({ asker: "one" }), ANSWERED)).toEqual({ unreached: 0, isDown: false });
    });

    variants([[4], [40]])(
      "never lets more through in any period of a window than it holds, in %d cases",
      async (numRuns) => {
        const limits = fc.record({
          callers: fc.integer({ min: 2, max: 24 }),
          concurrency: fc.integer({ min: 1, max: 6 }),
          request: fc.record({ limit: fc.integer({ min: 1, max: 8 }), perMs: fc.integer({ min: 60, max: 250 }) }),
          token: fc.record({ limit: fc.integer({ min: 10, max: 40 }), perMs: fc.integer({ min: 60, max: 250 }) }),
        });
        await fc.assert(
          fc.asyncProperty(limits, async ({ callers, concurrency, request, token }) => {
            const lane = newLane();
            const taken: {
              readonly from: number;
              readonly to: number;
              readonly amount: number;
              readonly ended: number;
            }[] = [];
            const one = async (_: unknown, n: number): Promise<void> => {
              const by = n % 2 === 0 ? state : other;
              const amount = 1 + (n % 10);
              const windows = [requests(request.limit, request.perMs), tokens(token.limit, token.perMs, amount)];
              const mine = permit({ concurrency, windows });
              for (;;) {
                const from = performance.now();
                const turn = await by.take(lane, mine);
                const to = performance.now();
                if (turn.kind === "taken") {
                  await pause(3);
                  const ended = performance.now();
                  await by.release(lane, mine, ANSWERED);
                  taken.push({ from, to, amount, ended });
                  return;
                }
                await pause(Math.max(2, waitOf(turn)));
              }
            };
            await Promise.all(Array.from({ length: callers }, one));
            expect(taken).toHaveLength(callers);
            for (const first of taken) {
              // Each was taken somewhere between asking and being answered: those that surely share a window with the first.
              const within = (perMs: number): typeof taken =>
                taken.filter(({ from, to }) => from >= first.to && to <= first.from + perMs - 2);
              const spent = within(token.perMs).reduce((sum, { amount }) => sum + amount, 0);
              expect(within(request.perMs).length + 1).toBeLessThanOrEqual(request.limit);
              expect(spent + first.amount).toBeLessThanOrEqual(token.limit);
              const atOnce = taken.filter(({ to, ended }) => to <= first.to && ended > first.to);
              expect(atOnce.length).toBeLessThanOrEqual(concurrency);
            }
          }),
          { numRuns },
        );
      },
    );
  });
