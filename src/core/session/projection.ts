import { cutText } from "../../text/index.ts";
import type { CrashPointOptions } from "../files/index.ts";
import { type Clock, SessionStatus, type PhaseStatus } from "../base/index.ts";
import { countItems } from "./item-counts.ts";
import { sessionStatusOf, withPhase, withStatus, type Interruption, type Session } from "./session.ts";
import type { SessionManager } from "./session-manager.ts";
import {
  MAX_FAILED_ITEMS,
  createPhase,
  endPhase,
  startPhase,
  withProgress,
  type FailedItem,
  type Phase,
} from "./phase.ts";
import type { PhaseManager } from "./phase-manager.ts";
import type { StepTracker } from "./step-tracker.ts";
import type { SessionStore } from "../storage/index.ts";

/** The file is written again every second: whole messages are in the store, and in the item's folder. */
const MAX_MESSAGE_LENGTH = 2_000;

export interface ProjectionOptions {
  readonly session: Session;
  readonly sessions: SessionManager;
  readonly phases: PhaseManager;
  readonly store: SessionStore;
  readonly clock: Clock;
  /** The least time between two writes while a phase runs. Milliseconds. */
  readonly intervalMs: number;
  /** Called when the files could not be written. */
  readonly onError: (error: unknown) => void;
}

/**
 * Keeps `session.json` and `phase.json` in step with the store, for people and tools to read at any moment. They are
 * written when a phase begins and ends, and in between at a bounded rate, however many items pass.
 */
export class Projection {
  readonly #options: ProjectionOptions;
  #session: Session;
  #phase: { readonly tracker: StepTracker; state: Phase } | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** Writes follow one another, so that an older state never replaces a newer one. */
  #writing: Promise<void> = Promise.resolve();

  constructor(options: ProjectionOptions) {
    this.#options = options;
    this.#session = options.session;
  }

  get session(): Session {
    return this.#session;
  }

  async begin(): Promise<void> {
    this.#session = withStatus(this.#session, SessionStatus.running, { now: this.#now() });
    await this.#write();
  }

  async beginPhase(name: string, tracker: StepTracker): Promise<void> {
    const { phases } = this.#options;
    // phase.json is derived from the store: a damaged one is simply rewritten.
    const before = await phases.load(name).catch(() => undefined);
    this.#phase = { tracker, state: startPhase(before ?? createPhase(name, tracker.snapshot()), this.#now()) };
    this.#refresh();
    await phases.create(this.#phase.state);
    await this.#write();
  }

  /** Schedules a write within the interval after a change. */
  touch(): void {
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#update().catch(this.#options.onError);
    }, this.#options.intervalMs);
    this.#timer.unref();
  }

  async #update(): Promise<void> {
    this.#refresh();
    await this.#write({ timed: true });
  }

  /** Stops the scheduled writes; for a run that ends with an error. */
  [Symbol.dispose](): void {
    this.#cancelTimer();
  }

  async endPhase(status: PhaseStatus): Promise<void> {
    this.#cancelTimer();
    if (this.#phase) this.#phase.state = endPhase(this.#phase.state, status, this.#now());
    this.#refresh();
    this.#countParts();
    await this.#write();
    this.#phase = undefined;
  }

  /** Writes the final state of the session; `why` says why it was interrupted. */
  async end(why: Interruption | undefined): Promise<Session> {
    const now = this.#now();
    const status = why === undefined ? sessionStatusOf(this.#session.phases) : SessionStatus.interrupted;
    this.#session = withStatus(this.#session, status, { now, ...why });
    await this.#write();
    return this.#session;
  }

  #refresh(): void {
    if (!this.#phase) return;
    const { tracker, state } = this.#phase;
    const counts = this.#options.store.counts(state.name);
    const stages = tracker.snapshot({ phase: state.status });
    const failedItems = counts.failed === 0 ? [] : this.#failedItems(state.name);
    this.#phase.state = withProgress(state, { counts, stages, failedItems });
    this.#session = withPhase(this.#session, { name: state.name, status: state.status, counts }, this.#now());
  }

  /** Only when a phase ends: parts are counted row by row. */
  #countParts(): void {
    const summary = this.#session.phases.find(({ name }) => name === this.#phase?.state.name);
    if (!summary) return;
    const parts = this.#options.store.partCounts(summary.name);
    if (countItems(parts) > 0) this.#session = withPhase(this.#session, { ...summary, parts }, this.#now());
  }

  #failedItems(phase: string): readonly FailedItem[] {
    return this.#options.store
      .endedItems({ phase, statuses: ["failed"], limit: MAX_FAILED_ITEMS })
      .map(({ itemId, reason, failure }) => ({
        itemId,
        step: failure?.step ?? "",
        kind: failure?.kind ?? "bug",
        message: cutText(failure?.message ?? reason ?? "", MAX_MESSAGE_LENGTH),
      }));
  }

  #write(passes?: CrashPointOptions): Promise<void> {
    const phase = this.#phase?.state;
    const session = this.#session;
    const { phases, sessions } = this.#options;
    const write = async (): Promise<void> => {
      if (phase) await phases.save(phase, passes);
      await sessions.save(session, passes);
    };
    const written = this.#writing.then(write);
    this.#writing = written.catch(() => {});
    return written;
  }

  #cancelTimer(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #now(): Date {
    return new Date(this.#options.clock.wallNow());
  }
}
