import type { Backend, JobQueue } from "../queue/backend.ts";
import type { SharedState } from "../queue/shared-state.ts";
import type { Claim } from "./claim-session.ts";

/**
 * A backend that changes nothing of the queue once the claim is lost: the jobs, their results and what is kept beside them
 * are another owner's then. All that an owner does to its queue goes through here, so that no place has to know. Reading, and
 * taking turns in lanes, harms nobody. Each method is named: what a backend learns later is judged here before it compiles.
 */
export function whileClaimed(backend: Backend, claim: Pick<Claim, "isStillHeld">): Backend {
  const change = async <T>(otherwise: T, work: () => Promise<T>): Promise<T> =>
    (await claim.isStillHeld()) ? work() : otherwise;

  return {
    address: backend.address,
    state: stateOf(backend.state, change),
    openQueue: (name) => queueOf(backend.openQueue(name), change),
    openEvents: (name) => backend.openEvents(name),
    openWorker: (...given) => backend.openWorker(...given),
    takeBack: (...given) => change(false, () => backend.takeBack(...given)),
    discard: (...given) => change(false, () => backend.discard(...given)),
    removeEnded: (queue, ids) => change(noneOf(ids), () => backend.removeEnded(queue, ids)),
    finish: (...given) => change(false, () => backend.finish(...given)),
    append: (queue, reports) => change(noneOf(reports), () => backend.append(queue, reports)),
    checkpoint: (...given) => change(false, () => backend.checkpoint(...given)),
    extendLeases: (...given) => backend.extendLeases(...given),
    [Symbol.asyncDispose]: () => backend[Symbol.asyncDispose](),
  };
}

const noneOf = (all: readonly unknown[]): readonly boolean[] => all.map(() => false);

type Change = <T>(otherwise: T, work: () => Promise<T>) => Promise<T>;

const stateOf = (state: SharedState, change: Change): SharedState => ({
  ...state,
  put: (...given) => change(undefined, () => state.put(...given)),
  remove: (...given) => change(undefined, () => state.remove(...given)),
});

const queueOf = (queue: JobQueue, change: Change): JobQueue => ({
  addBulk: (...given) => change([], () => queue.addBulk(...given)),
  remove: (...given) => change(0, () => queue.remove(...given)),
  trimEvents: (...given) => change(0, () => queue.trimEvents(...given)),
  close: () => queue.close(),
  getJob: (...given) => queue.getJob(...given),
  getJobCounts: (...given) => queue.getJobCounts(...given),
  getJobs: (...given) => queue.getJobs(...given),
  getRanges: (...given) => queue.getRanges(...given),
  waitUntilReady: () => queue.waitUntilReady(),
});
