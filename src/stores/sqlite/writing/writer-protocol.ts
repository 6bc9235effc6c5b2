import type { MessagePort } from "node:worker_threads";
import type { FileIdentity } from "../../../core/files/index.ts";
import type { WriteData } from "./writes.ts";

/** What the thread is started with. */
export interface WriterThreadData {
  /** The database. */
  readonly file: string;
  /** Which file that is: another one may be at its place when the thread starts. */
  readonly identity: FileIdentity | undefined;
  readonly port: MessagePort;
  /** What another thread can wait for without its event loop. */
  readonly state: Int32Array;
}

/** Where the state says how many groups were answered, and whether the thread has ended. */
export const ANSWERED = 0;
export const ENDED = 1;

export type ToWriterThread = readonly WriteData[] | "leave";

/** First `open`, once; then an answer to each group, in their order. */
export type FromWriterThread = "open" | GroupAnswer;

export type GroupAnswer =
  /** What the writes came to, by their places in the group; those that came to nothing are left out. */
  { readonly written: readonly (readonly [index: number, written: unknown])[] } | { readonly fault: Fault };

/** An error that can be sent: of an error itself only the message arrives, and not the code that SQLite gave it. */
export interface Fault {
  readonly message: string;
  readonly stack: string | undefined;
  readonly codes: { readonly code?: unknown; readonly errcode?: unknown; readonly errstr?: unknown };
}

export function faultOf(error: unknown): Fault {
  if (!(error instanceof Error)) return { message: String(error), stack: undefined, codes: {} };
  const { message, stack, code, errcode, errstr }: Error & Fault["codes"] = error;
  const codes = Object.entries({ code, errcode, errstr }).filter(([, value]) => value !== undefined);
  return { message, stack, codes: Object.fromEntries(codes) };
}

export function errorOf({ message, stack, codes }: Fault): Error {
  const error = Object.assign(new Error(message), codes);
  if (stack !== undefined) error.stack = stack;
  return error;
}
