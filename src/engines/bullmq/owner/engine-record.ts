import { z } from "zod";
import { HoldfastError } from "../../../core/failure/index.ts";
import { elsewhereOf, ENGINE_FACT, LOCAL_ENGINE, type SessionFacts } from "../../../core/runner/index.ts";

/** The name of this engine in sessions. */
export const BULLMQ = "bullmq";

const engineRecord = z.object({
  name: z.string(),
  address: z.string(),
  epoch: z.int().nonnegative(),
  queue: z.string(),
  url: z.string(),
  isReclaimed: z.boolean().optional(),
});

/** Which engine worked on a session last, and where; kept in its store. */
export interface EngineRecord {
  readonly name: string;
  /** For people and for comparing: without user and password. */
  readonly address: string;
  /** Raised each time the session moves to another queue, so that results of an earlier stay are not used. */
  readonly epoch: number;
  /** The queue's name, which says the steps and the model that its workers have. */
  readonly queue: string;
  /** Where it can be reached, with a user and without a password. */
  readonly url: string;
  /** Whether all items are back, and only results may be there. */
  readonly isReclaimed?: boolean | undefined;
}

/** `undefined` for a session that was never worked on elsewhere. */
export function readEngineRecord(facts: Pick<SessionFacts, "getFact">): EngineRecord | undefined {
  const text = facts.getFact(ENGINE_FACT);
  return text === undefined ? undefined : engineRecord.safeParse(JSON.parse(text)).data;
}

/** Records that workers at `address` have the session from now on. Throws when it is still at another one. */
export async function moveToQueue(
  { facts, sessionId }: { readonly facts: SessionFacts; readonly sessionId: string },
  { address, queue, url }: Pick<EngineRecord, "address" | "queue" | "url">,
): Promise<EngineRecord> {
  const before = readEngineRecord(facts);
  if (before?.name === BULLMQ && before.address !== address) {
    throw new HoldfastError("queue_unusable", `${elsewhereOf(before, "this session")}, not at ${address}.`, {
      hint: { kind: "reclaim_before_move", sessionId },
    });
  }
  if (before?.name === BULLMQ && before.queue === queue) {
    // What workers did before is used.
    if (before.isReclaimed === true) await record(facts, { ...before, isReclaimed: undefined });
    return before;
  }
  const moved = { name: BULLMQ, address, epoch: (before?.epoch ?? -1) + 1, queue, url };
  await record(facts, moved);
  return moved;
}

/** Records that workers have nothing of the session any more, and that results of theirs may be in the queue. */
export async function recordReclaimed(facts: SessionFacts): Promise<void> {
  const before = readEngineRecord(facts);
  if (before?.name === BULLMQ) await record(facts, { ...before, isReclaimed: true });
}

/** Records that no queue has anything of the session. */
export async function recordLocal(facts: SessionFacts): Promise<void> {
  const before = readEngineRecord(facts);
  if (before?.name === BULLMQ) await record(facts, { ...before, name: LOCAL_ENGINE, isReclaimed: undefined });
}

const record = (facts: SessionFacts, found: EngineRecord): Promise<void> =>
  facts.setFact(ENGINE_FACT, JSON.stringify(found));

/** Throws when a session's items are at another queue than the one that is given. */
export function assertAddress(found: EngineRecord, given: string): void {
  if (found.address === given) return;
  throw new HoldfastError("queue_unusable", `${elsewhereOf(found, "this session")}, not at ${given}.`, {
    hint: "Nothing was changed. Give the address that it was last run with.",
  });
}
