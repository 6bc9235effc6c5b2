/// <reference lib="esnext.disposable" preserve="true" />
import { Worker } from "node:worker_threads";
import type { QueueAddress } from "../queue/address.ts";
import type { HeldJob } from "../queue/backend.ts";
import { LeaseSlots, memoryForLeases } from "./lease-slots.ts";
import type { Renewal, Renewer } from "./kept-while-blocked.ts";

/** What the thread is started with. */
export interface LeaseThreadData {
  readonly address: QueueAddress;
  readonly queueName: string;
  readonly leaseMs: number;
  /** When the main thread ran last, by `monotonicMs`. */
  readonly beat: Int32Array;
  /** Of `LeaseSlots`. */
  readonly leases: SharedArrayBuffer;
}

/** What the thread is told, in the order in which it happened. */
export type LeaseOrders = readonly LeaseOrder[];
export type LeaseOrder =
  | { readonly hold: HeldJob }
  | { readonly drop: HeldJob }
  | { readonly renew: Renewal }
  | { readonly end: Renewal }
  | "leave";

/**
 * Keeps the leases on jobs, also while the main thread cannot: a step that computes for long lets no timer run, and what
 * BullMQ asks for waits in line with all that a busy worker asks the database for.
 */
export interface LeaseKeeper extends AsyncDisposable, Renewer {
  hold(job: HeldJob): void;
  drop(job: HeldJob): void;
}

export interface LeaseKeeperOptions extends Omit<LeaseThreadData, "beat" | "leases"> {
  /** How many may be held at once. */
  readonly jobs: number;
}

const BEAT_MS = 200;

/** Milliseconds on a clock that all threads of the process share, modulo 2^31. */
export const monotonicMs = (): number => Number((process.hrtime.bigint() / 1_000_000n) & 0x7fff_ffffn);

/**
 * Starts a thread with a connection of its own that renews the leases, and waits until it is connected: a step may block at
 * once. Where the thread cannot be started, as in a bundle, leases expire as if it were not there.
 */
export async function startLeaseKeeper({ jobs, ...options }: LeaseKeeperOptions): Promise<LeaseKeeper> {
  const leases = memoryForLeases(jobs);
  const slots = new LeaseSlots(leases);
  const beat = new Int32Array(new SharedArrayBuffer(4));
  const tick = (): void => void Atomics.store(beat, 0, monotonicMs());
  tick();
  const file = import.meta.url.endsWith(".ts") ? "./lease-thread.ts" : "./lease-thread.js";
  const thread = new Worker(new URL(file, import.meta.url), {
    workerData: { ...options, beat, leases } satisfies LeaseThreadData,
    // Its own warnings would be a second copy of the process's.
    execArgv: ["--no-warnings"],
  });
  const ended = new Promise<void>((resolve) => thread.once("exit", () => resolve()));
  const connected = new Promise<void>((resolve) => thread.once("message", () => resolve()));
  thread.on("error", () => {});
  await Promise.race([connected, ended]);
  thread.unref();
  const timer = setInterval(tick, BEAT_MS);
  timer.unref();
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread is no window: it has no origin
  const order = ordersTogether((orders) => thread.postMessage(orders));
  return {
    hold: (job) => slots.hold(job) || order.now({ hold: job }),
    drop: (job) => slots.drop(job) || order.later({ drop: job }),
    renew: (renewal) => order.now({ renew: renewal }),
    end: (renewal) => order.later({ end: renewal }),
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      order.now("leave");
      const tooLate = setTimeout(() => void thread.terminate(), LEAVE_MS);
      await ended;
      clearTimeout(tooLate);
    },
  };
}

/** How long the thread gets to close its connection. */
const LEAVE_MS = 1_000;

/**
 * Gives orders together: a message to a thread costs more than what it says. `now` gives them before any code that is waiting
 * for a promise goes on, so before the step begins that may block the event loop; `later` with the next ones, or as soon as
 * the event loop comes round.
 */
export function ordersTogether(
  post: (orders: LeaseOrders) => void,
): Readonly<Record<"later" | "now", (order: LeaseOrder) => void>> {
  let orders: LeaseOrder[] = [];
  let isUrgent = false;
  function flush(): void {
    isUrgent = false;
    if (orders.length === 0) return;
    const given = orders;
    orders = [];
    post(given);
  }
  return {
    now(order) {
      orders.push(order);
      if (!isUrgent) queueMicrotask(flush);
      isUrgent = true;
    },
    later(order) {
      orders.push(order);
      if (orders.length === 1) setImmediate(flush);
    },
  };
}
