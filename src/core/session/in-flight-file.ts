import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { parseJsonFile, writeFileAtomic } from "../files/index.ts";

/** A step that is at work on an item. */
export interface StepInFlight {
  readonly phase: string;
  readonly itemId: string;
  readonly step: string;
  /** 1 for the first call, 0 before it. */
  readonly attempt: number;
  /** Since when the step is at work on the item, its earlier attempts included. ISO 8601. */
  readonly since: string;
  /** What it waits for: its turn in a lane, the next attempt, or a worker; absent while its call is under way. */
  readonly waitsFor?: string;
}

/** What has been in flight for some time. */
export interface InFlightReport {
  /** When that was so. ISO 8601. */
  readonly at: string;
  /** How many steps have been at work for that long. */
  readonly count: number;
  /** The oldest of them. */
  readonly steps: readonly StepInFlight[];
}

const fileIn = (folder: string): string => join(folder, "in-flight.json");

/**
 * Writes what is in flight, for other processes. It is no part of the truth: nothing waits for the disk, and a run that
 * cannot write it goes on.
 */
export async function writeInFlight(folder: string, report: InFlightReport): Promise<void> {
  const passes = { optional: true, timed: true };
  await writeFileAtomic(fileIn(folder), `${JSON.stringify(report)}\n`, { fsync: false, what: "in-flight", passes });
}

/** Nothing is in flight any more, or not for long. */
export const removeInFlight = (folder: string): Promise<void> => rm(fileIn(folder), { force: true });

/** Reads what a running session has in flight; `undefined` when that is nothing, or cannot be read. */
export async function readInFlight(folder: string): Promise<InFlightReport | undefined> {
  const file = fileIn(folder);
  try {
    const root = parseJsonFile(await readFile(file, "utf8"), file);
    return {
      at: root.field("at").time(),
      count: root.field("count").count(),
      steps: root
        .field("steps")
        .elements()
        .map((step): StepInFlight => {
          const waitsFor = step.field("waitsFor");
          return {
            phase: step.field("phase").text(),
            itemId: step.field("itemId").text(),
            step: step.field("step").text(),
            attempt: step.field("attempt").count(),
            since: step.field("since").time(),
            ...(waitsFor.exists && { waitsFor: waitsFor.text() }),
          };
        }),
    };
  } catch {
    return undefined;
  }
}
