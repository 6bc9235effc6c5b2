import { listPresent, type PresentParticipant } from "../queue/presence.ts";
import { markOrphaned, orphanReasonOf, unmarkOrphaned, type OrphanReason } from "../queue/orphaned-session.ts";
import type { SharedState } from "../queue/shared-state.ts";
import { looked, met, NO_OWNERS, waitOf, type KnownOwner, type KnownOwners } from "./known-owners.ts";

export interface OwnerWatchOptions {
  readonly pipeline: string;
  readonly state: SharedState;
  /** For how long the owner of a session may be gone until nothing is begun for it. `Infinity`: for any time. */
  readonly timeoutMs: number;
  readonly say: (message: string) => void;
  /** Called with the owners that are present, every few seconds. */
  readonly onLook: (owners: readonly PresentParticipant[]) => void;
}

/** Whose job it is. */
export interface JobSession {
  readonly identity: string;
  readonly sessionId: string;
}

const LOOK_EVERY_MS = 3_000;
/** Before a job is put down, a look that is older than this is repeated: its owner may have come back. */
const FRESH_MS = 500;
/** How exactly it is known when a session's last job came. */
const MET_EVERY_MS = 60_000;

/** Watches whether the owners of sessions are there whose jobs this worker does. */
export class OwnerWatch implements Disposable {
  readonly #options: OwnerWatchOptions;
  readonly #timer: NodeJS.Timeout;
  /** Sessions of which was said that they wait. */
  readonly #said = new Set<string>();
  #known: KnownOwners = NO_OWNERS;
  #looking: Promise<void> | undefined;

  constructor(options: OwnerWatchOptions) {
    this.#options = options;
    this.#timer = setInterval(() => void this.#look(), LOOK_EVERY_MS);
    void this.#look();
  }

  /** Whether nothing more should be begun for a session, as far as is known now. */
  isOrphaned(identity: string): boolean {
    return this.#known.owners.get(identity)?.orphaned !== undefined;
  }

  /**
   * How long a job has to wait that a worker was given, in milliseconds: 0 when it may be begun. Asks the shared state only
   * about a session that is new here, or that is orphaned.
   */
  async waitOf({ identity, sessionId }: JobSession): Promise<number> {
    const owner = this.#meet(identity);
    if (owner && owner.orphaned === undefined) return 0;
    await this.#lookedSince(owner ? performance.now() - FRESH_MS : performance.now());
    const now = this.#known.owners.get(identity);
    if (now?.orphaned === undefined) return 0;
    if (!this.#said.has(identity)) this.#sayOrphaned({ identity, sessionId }, now.orphaned);
    return waitOf(now, performance.now());
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  /** What was known of the owner before. */
  #meet(identity: string): KnownOwner | undefined {
    const owner = this.#known.owners.get(identity);
    const nowMs = performance.now();
    if (!owner || nowMs - owner.metMs > MET_EVERY_MS) this.#known = met(this.#known, identity, nowMs);
    return owner;
  }

  /** Resolves when the shared state has answered a question that was asked after that time, or cannot answer. */
  async #lookedSince(sinceMs: number): Promise<void> {
    await this.#looking;
    if ((this.#known.lookedMs ?? -1) < sinceMs) await this.#look();
  }

  #look(): Promise<void> {
    this.#looking ??= this.#lookOnce()
      // A database that does not answer tells nothing about owners.
      .catch(() => {})
      .finally(() => (this.#looking = undefined));
    return this.#looking;
  }

  async #lookOnce(): Promise<void> {
    const { pipeline, state, timeoutMs, onLook } = this.#options;
    const participants = await listPresent("owner", pipeline, state);
    onLook(participants);
    if (timeoutMs === Infinity) return;
    const present = new Set(participants.map(({ id }) => id));
    const marked = new Map<string, OrphanReason>();
    for (const [identity, { orphaned }] of this.#known.owners) {
      if (present.has(identity) || orphaned !== undefined) continue;
      const reason = await orphanReasonOf(identity, state);
      if (reason !== undefined) marked.set(identity, reason);
    }
    const before = this.#known;
    this.#known = looked(before, { nowMs: performance.now(), present, marked, timeoutMs });
    for (const [identity, { orphaned }] of before.owners) {
      if (orphaned !== undefined && present.has(identity)) this.#sayBack(identity);
      if (!this.#known.owners.has(identity)) this.#said.delete(identity);
    }
  }

  #sayOrphaned({ identity, sessionId }: JobSession, reason: OrphanReason): void {
    const { state, say } = this.#options;
    this.#said.add(identity);
    // For workers that start later: they need not find out by themselves, at so many calls.
    if (reason === "gone") void markOrphaned(identity, reason, state).catch(() => {});
    say(
      `${WHY[reason](sessionId)}, so this worker begins nothing more for it. What is done is kept, and its items wait in the queue. To go on with them, where it was run: holdfast resume ${sessionId}`,
    );
  }

  #sayBack(identity: string): void {
    const { state, say } = this.#options;
    // An owner that only could not be heard of has not removed it.
    void unmarkOrphaned(identity, state).catch(() => {});
    if (this.#said.delete(identity)) say("The owner of a session that waited is back; its items go on.");
  }
}

const WHY: Readonly<Record<OrphanReason, (sessionId: string) => string>> = {
  gone: (sessionId) => `The owner of session ${sessionId} is gone`,
  stopped: (sessionId) => `Session ${sessionId} was stopped`,
};
