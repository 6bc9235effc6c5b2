// Runs in a thread of its own: `lease-keeper.ts` starts it.
import { parentPort, workerData } from "node:worker_threads";
import { blockedKey } from "./blocked-worker.ts";
import { connectForLeases } from "../queue/lease-connection.ts";
import { HeldLeases } from "./held-leases.ts";
import { LeaseSlots } from "./lease-slots.ts";
import { nameOf, type Renewal } from "./kept-while-blocked.ts";
import { monotonicMs, type LeaseOrder, type LeaseOrders, type LeaseThreadData } from "./lease-keeper.ts";

const { address, queueName, leaseMs, beat, leases: memory } = workerData as LeaseThreadData;

/** Without a beat for this long, the main thread is blocked: it beats three times in it. */
const BLOCKED_AFTER_MS = 600;
/** A step that computes for longer than this loses its item to another worker: it may never end. */
const MOST_BLOCKED_MS = 300_000;
const REMEMBERED_MS = 3_600_000;

/** A third of what the lease on a job lasts; permits and presence last longer. */
const RENEW_EVERY_MS = 1_000;

const slots = new LeaseSlots(memory);
/** Those that there was no room for. */
const held = new HeldLeases();
const renewals = new Map<string, Renewal>();
const leases = await connectForLeases(address);
const timer = setInterval(() => void renewAll(), RENEW_EVERY_MS);
let isRenewing = false;

parentPort?.on("message", (orders: LeaseOrders) => {
  for (const order of orders) follow(order);
});

function follow(order: LeaseOrder): void {
  if (order === "leave") {
    clearInterval(timer);
    parentPort?.close();
    void leases[Symbol.asyncDispose]();
  } else if ("hold" in order) held.hold(order.hold);
  else if ("drop" in order) held.drop(order.drop);
  else if ("renew" in order) renewals.set(nameOf(order.renew), order.renew);
  else renewals.delete(nameOf(order.end));
}

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread is no window: it has no origin
parentPort?.postMessage("connected");

async function renewAll(): Promise<void> {
  if (isRenewing) return;
  isRenewing = true;
  const blockedMs = (monotonicMs() - Atomics.load(beat, 0)) & 0x7fff_ffff;
  const jobs = [...slots, ...held];
  try {
    if (blockedMs >= MOST_BLOCKED_MS) {
      for (const { id } of jobs) await leases.state.put(blockedKey(id), String(blockedMs), { ttlMs: REMEMBERED_MS });
      return;
    }
    // Also while the main thread runs: its own renewals wait behind all else that it asks a busy database for.
    if (jobs.length > 0) await leases.extendLeases(queueName, jobs, leaseMs);
    if (blockedMs >= BLOCKED_AFTER_MS) for (const renewal of renewals.values()) await renew(renewal);
  } catch {
    // The queue does not answer: it is asked again.
  } finally {
    isRenewing = false;
  }
}

/** A permit that was given back meanwhile stays so: only those that are taken are renewed. */
function renew(renewal: Renewal): Promise<void> {
  if (renewal.kind === "permit") return leases.state.renew(renewal.lane, [renewal.id], renewal.leaseMs);
  return leases.state.put(renewal.key, renewal.value, { ttlMs: renewal.ttlMs });
}
