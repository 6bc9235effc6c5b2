import type { SessionReports, SessionStore } from "../storage/index.ts";

/** The facts of a store that say how far a phase's source was read. */
export const startedFact = (phase: string): string => `extracting:${phase}`;
export const extractedFact = (phase: string): string => `extracted:${phase}`;
export const totalFact = (phase: string): string => `total:${phase}`;

/** The fact that holds the names of the phase's steps: the indexes of its pending items are theirs. */
export const stepsFact = (phase: string): string => `steps:${phase}`;

/** How many elements of the phase's source have not been read yet; 0 when the source does not know. */
export function countUnread(store: SessionReports, phase: string): number {
  const total = Number(store.getFact(totalFact(phase)) ?? 0);
  return total === 0 || isExtracted(store, phase) ? 0 : Math.max(0, total - store.countRead(phase));
}

/** Whether the phase's source was read to its end. */
export function isExtracted(store: SessionReports, phase: string): boolean {
  return (store.getFact(extractedFact(phase)) ?? "") !== "";
}

/** Makes this run read a source again, for a phase whose input an earlier phase is about to change. */
export function readAgain(store: SessionStore, phase: string): Promise<void> {
  return store.setFact(extractedFact(phase), "");
}
