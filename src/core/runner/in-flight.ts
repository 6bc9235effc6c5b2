import { Bag, type Clock, type InBag } from "../base/index.ts";
import { StepError } from "../failure/index.ts";
import type { StepInFlight } from "../session/index.ts";
import type { ItemPlace } from "../storage/index.ts";
import type { RunControl } from "./run-control.ts";

/** A step at work, as its runner keeps it. It is changed in place and used again: most steps end within a moment. */
export interface Seat extends InBag {
  item: ItemPlace;
  readonly step: string;
  /** By the run's clock. */
  startedAtMs: number;
  attempt: number;
  waitsFor: string | undefined;
  /** Ends the step for a reason: the run was halted, or the item cancelled. */
  readonly abort: (reason: unknown) => void;
}

export interface InFlightDeps {
  readonly control: RunControl;
  readonly clock: Clock;
}

/** Why an item failed that its user cancelled. */
export const cancelledByUser = (): StepError => new StepError("cancelled_by_user", "cancelled by the user");

const keyOf = ({ phase, itemId }: ItemPlace): string => `${phase}\n${itemId}`;

/**
 * The steps that are at work in this process, and the items that their user cancelled. Nothing of it is written: who wants
 * to know asks.
 */
export class InFlight {
  readonly #deps: InFlightDeps;
  readonly #seats = new Bag<Seat>();
  readonly #cancelled = new Map<string, ItemPlace>();

  constructor(deps: InFlightDeps) {
    this.#deps = deps;
    const { halt } = deps.control;
    halt.addEventListener("abort", () => this.#abortAll(halt.reason), { once: true });
  }

  /** A step begins. */
  enter(seat: Seat): void {
    this.#seats.add(seat);
    const { halt } = this.#deps.control;
    if (halt.aborted) seat.abort(halt.reason);
    else if (this.isCancelled(seat.item)) seat.abort(cancelledByUser());
  }

  /** It has ended. */
  leave(seat: Seat): void {
    this.#seats.delete(seat);
  }

  get size(): number {
    return this.#seats.size;
  }

  /** The steps that have been at work for at least `forMs`, the oldest first. */
  list({ forMs = 0 }: { readonly forMs?: number } = {}): readonly StepInFlight[] {
    const { clock } = this.#deps;
    const [now, wallNow] = [clock.now(), clock.wallNow()];
    return this.#seats
      .list()
      .filter(({ startedAtMs }) => now - startedAtMs >= forMs)
      .sort((a, b) => a.startedAtMs - b.startedAtMs)
      .map(({ item: { phase, itemId }, step, attempt, startedAtMs, waitsFor }) => ({
        phase,
        itemId,
        step,
        attempt,
        since: new Date(wallNow - (now - startedAtMs)).toISOString(),
        ...(waitsFor !== undefined && { waitsFor }),
      }));
  }

  /** Fails an item with the reason that its user cancelled it: now if it is at work, otherwise at its next step. */
  cancel(item: ItemPlace): void {
    this.#cancelled.set(keyOf(item), item);
    const { phase, itemId } = item;
    for (const seat of this.#seats.list()) {
      if (seat.item.itemId === itemId && seat.item.phase === phase) seat.abort(cancelledByUser());
    }
  }

  /** The items that were cancelled in a phase, whether they were at work or not. */
  cancelledIn(phase: string): readonly ItemPlace[] {
    return [...this.#cancelled.values()].filter((item) => item.phase === phase);
  }

  isCancelled(item: ItemPlace): boolean {
    return this.#cancelled.size > 0 && this.#cancelled.has(keyOf(item));
  }

  #abortAll(reason: unknown): void {
    for (const seat of this.#seats.list()) seat.abort(reason);
  }
}
