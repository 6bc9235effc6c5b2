import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openBackend } from "../../src/engines/bullmq/queue/open-backend.ts";
import { permitsKept, valuesKept } from "../../src/engines/bullmq/worker/kept-while-blocked.ts";
import { startLeaseKeeper } from "../../src/engines/bullmq/worker/lease-keeper.ts";
import { serverKinds, type QueueServer } from "./servers.ts";

/** Longer than what is kept lasts, and than it takes to notice that the main thread is blocked. */
const BLOCKS_MS = 8_000;
const LASTS_MS = 4_000;

const permit = (id: string) => ({ id, asker: id, concurrency: 1, leaseMs: LASTS_MS, windows: [], jobs: 1 });

for (const { name, start } of serverKinds)
  describe(`what a worker has at ${name} while a step blocks its main thread`, { tags: "soak" }, () => {
    let queue: QueueServer;
    beforeAll(async () => {
      queue = await start();
    });
    afterAll(() => queue[Symbol.asyncDispose]());

    it("stays its own: its presence and its permits, and nothing that it has given back", async () => {
      const { address } = queue;
      await using backend = await openBackend(address);
      await using keeper = await startLeaseKeeper({ address, queueName: "blocked", leaseMs: LASTS_MS, jobs: 1 });
      const presence = valuesKept(backend.state, keeper);
      const permits = permitsKept(backend.state, keeper);
      await presence.put("worker:here", "it is", { ttlMs: LASTS_MS });
      await presence.put("worker:left", "it was", { ttlMs: LASTS_MS });
      await presence.remove(["worker:left"]);
      expect((await permits.take("held", permit("a"))).kind).toBe("taken");
      expect((await permits.take("free", permit("b"))).kind).toBe("taken");
      await permits.release("free", permit("b"), { outcome: "answered" });
      await backend.state.put("other:here", "nobody keeps it", { ttlMs: LASTS_MS });

      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, BLOCKS_MS);

      expect(await backend.state.get("other:here")).toBeUndefined();
      expect(await backend.state.get("worker:here")).toBe("it is");
      expect(await backend.state.get("worker:left")).toBeUndefined();
      expect((await backend.state.take("held", permit("c"))).kind).toBe("full");
      expect((await backend.state.take("free", permit("d"))).kind).toBe("taken");
    });
  });
