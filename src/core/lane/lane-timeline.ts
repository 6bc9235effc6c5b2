/// <reference lib="esnext.disposable" preserve="true" />
import { readFile } from "node:fs/promises";
import { writeFileAtomic } from "../files/index.ts";
import type { LaneEvent } from "./lane-event.ts";

/** How many of the last events a timeline keeps. */
export const TIMELINE_LENGTH = 500;

export interface LaneTimelineOptions {
  /** The least time between two writes. Milliseconds. */
  readonly intervalMs: number;
  /** Called when the file could not be written. */
  readonly onError: (error: unknown) => void;
}

/** `lanes.json`, as people and tools read it. */
interface TimelineFile {
  /** Events that were left out, since there are more than {@link TIMELINE_LENGTH}. */
  readonly earlier: number;
  readonly events: readonly (Omit<LaneEvent, "atMs"> & { readonly at: string })[];
}

/** Keeps what happened to a session's lanes in a file, over all its runs: the last events, written at a bounded rate. */
export class LaneTimeline {
  readonly #path: string;
  readonly #options: LaneTimelineOptions;
  #file: TimelineFile = { earlier: 0, events: [] };
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();

  private constructor(path: string, options: LaneTimelineOptions) {
    this.#path = path;
    this.#options = options;
  }

  /** Continues the file of earlier runs; a file that cannot be read is started again. */
  static async open(path: string, options: LaneTimelineOptions): Promise<LaneTimeline> {
    const timeline = new LaneTimeline(path, options);
    const text = await readFile(path, "utf8").catch(() => "");
    timeline.#file = parse(text) ?? timeline.#file;
    return timeline;
  }

  add({ atMs, ...event }: LaneEvent): void {
    const events = [...this.#file.events, { at: new Date(atMs).toISOString(), ...event }];
    const tooMany = Math.max(0, events.length - TIMELINE_LENGTH);
    this.#file = { earlier: this.#file.earlier + tooMany, events: events.slice(tooMany) };
    this.#timer ??= setTimeout(() => void this.#write().catch(this.#options.onError), this.#options.intervalMs).unref();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#timer !== undefined) await this.#write().catch(this.#options.onError);
    await this.#writing;
  }

  #write(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const text = `${JSON.stringify(this.#file, undefined, 2)}\n`;
    const written = this.#writing.then(() =>
      writeFileAtomic(this.#path, text, { fsync: false, what: "lanes", passes: { timed: true } }),
    );
    this.#writing = written.catch(() => {});
    return written;
  }
}

function parse(text: string): TimelineFile | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isTimeline(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const isTimeline = (value: unknown): value is TimelineFile =>
  typeof value === "object" &&
  value !== null &&
  "earlier" in value &&
  typeof value.earlier === "number" &&
  "events" in value &&
  Array.isArray(value.events);
