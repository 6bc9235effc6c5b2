import { setTimeout as pause } from "node:timers/promises";
import { readDeaths } from "./call-log.ts";
import { CONCURRENCY, type Crew, type Member } from "./crew.ts";
import type { QueueServer } from "./servers.ts";

/** A crew at work, some way into its session. */
export interface Scene {
  readonly server: QueueServer;
  readonly crew: Crew;
  readonly owner: Member;
  /** The one that is struck, and the others. */
  readonly worker: Member;
  readonly others: readonly Member[];
}

/** What was done to a crew. */
export interface Struck {
  /** When: milliseconds since 1970. */
  readonly at: number;
  /** Processes whose calls were cut off; none when it was a database that was away. */
  readonly pids: readonly number[];
  /** The process that brings the session to its end. */
  readonly owner: Member;
}

export interface Disturbance {
  readonly what: string;
  /** Whether only `make soak` tries it, being near to another. */
  readonly isSoak?: true;
  /** Calls that may be in flight where it strikes. */
  readonly inFlight: number;
  /** How often one item kills its worker. @default 0 */
  readonly deaths?: number;
  /** Opens the flags by which the struck worker finds its queue. @default those of the others */
  readonly wired?: boolean;
  readonly strike: (scene: Scene, wire: { cut(): void; mend(): void }) => Promise<Struck>;
}

const AWAY_MS = 3_000;
/** Longer than a lock lasts, and than it takes the others to notice. */
const FROZEN_MS = 7_000;
const EACH_WORKER = CONCURRENCY;
const ALL_WORKERS = 2 * CONCURRENCY;

export const disturbances: readonly Disturbance[] = [
  {
    what: "a worker is killed",
    inFlight: EACH_WORKER,
    async strike({ owner, worker }) {
      return { at: kill(worker), pids: [worker.pid], owner };
    },
  },
  {
    what: "an item kills its worker twice",
    isSoak: true,
    inFlight: 2 * EACH_WORKER,
    deaths: 2,
    strike: async ({ crew, owner }) => ({ at: await lastDeath(crew, 2), pids: [], owner }),
  },
  {
    what: "an item kills its worker again and again",
    isSoak: true,
    inFlight: 3 * EACH_WORKER,
    deaths: 100,
    strike: async ({ crew, owner }) => ({ at: await lastDeath(crew, 3), pids: [], owner }),
  },
  {
    what: "all workers are killed, and started again",
    isSoak: true,
    inFlight: ALL_WORKERS,
    async strike({ crew, owner, worker, others }) {
      const pids = [worker, ...others].map(({ pid }) => pid);
      const at = [worker, ...others].map(kill)[0] ?? 0;
      await Promise.all(pids.map(() => crew.work()));
      return { at, pids, owner };
    },
  },
  {
    what: "the owner is killed, and resumes",
    inFlight: 0,
    async strike({ crew, owner }) {
      kill(owner);
      await owner.finished;
      return { at: Date.now(), pids: [], owner: crew.own() };
    },
  },
  {
    what: "owner and workers are killed, and start again",
    isSoak: true,
    inFlight: ALL_WORKERS,
    async strike({ crew, owner, worker, others }) {
      const all = [worker, ...others];
      const at = [owner, ...all].map(kill)[0] ?? 0;
      await owner.finished;
      const resumed = crew.own();
      await Promise.all(all.map(() => crew.work()));
      return { at, pids: all.map(({ pid }) => pid), owner: resumed };
    },
  },
  {
    what: `the database is killed, and is back after ${AWAY_MS / 1000} s`,
    isSoak: true,
    inFlight: ALL_WORKERS,
    async strike({ server, owner }) {
      await server.kill();
      await pause(AWAY_MS);
      await server.restart();
      return { at: Date.now(), pids: [], owner };
    },
  },
  {
    what: "a worker's network is cut",
    isSoak: true,
    inFlight: EACH_WORKER,
    wired: true,
    async strike({ owner, worker }, wire) {
      wire.cut();
      const at = Date.now();
      setTimeout(() => wire.mend(), FROZEN_MS);
      return { at, pids: [worker.pid], owner };
    },
  },
  {
    what: "a worker is frozen beyond its lock, and thawed",
    isSoak: true,
    inFlight: EACH_WORKER,
    async strike({ owner, worker }) {
      worker.child.kill("SIGSTOP");
      const at = Date.now();
      setTimeout(() => worker.child.kill("SIGCONT"), FROZEN_MS);
      return { at, pids: [worker.pid], owner };
    },
  },
  {
    what: "a worker is told to leave",
    isSoak: true,
    inFlight: 0,
    async strike({ owner, worker }) {
      worker.child.kill("SIGTERM");
      return { at: Date.now(), pids: [], owner };
    },
  },
];

function kill({ child }: Member): number {
  child.kill("SIGKILL");
  return Date.now();
}

async function lastDeath(crew: Crew, count: number): Promise<number> {
  await crew.untilDeaths(count);
  return readDeaths(crew.cwd).at(count - 1) ?? 0;
}
