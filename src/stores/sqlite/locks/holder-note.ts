import { linkSync, mkdirSync, readFileSync, rmdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { errnoOf } from "../../../core/failure/index.ts";
import { isLivingOther, markOfSelf, type ProcessMark } from "./living-process.ts";

/** A note beside a lock that says which process holds it. */
export interface HolderNote<Fields extends object = object> extends Disposable {
  /** Whether a note of an earlier holder was there, which did not come to remove it. */
  readonly wasThere: boolean;
  /** Replaces what the note says beside the process. */
  write(fields: Fields): void;
}

/** How long a takeover that is under way is waited for. It takes a moment; an older one was cut off. */
const TAKEOVER_MS = 2_000;
const LOOK_AGAIN_MS = 20;

/**
 * Leaves the note of this process, unless another one that is alive has one there: then that one is returned. This is a
 * check of its own beside the lock: of two processes only one leaves its note, also on a file system whose locks hold
 * nobody back. A note that cannot be written, as on a full disk, is done without: the lock holds. `before` is called before
 * it is written, and may throw.
 */
export function leaveNote<Fields extends object>(
  file: string,
  { before = () => {} }: { readonly before?: () => void } = {},
): HolderNote<Fields> | { readonly heldBy: ProcessMark } {
  const mark = markOfSelf();
  const text = textOf(mark, {});
  const wasThere = statSync(file, { throwIfNoEntry: false }) !== undefined;
  const note: HolderNote<Fields> = {
    wasThere,
    write(fields) {
      if (isOurs(file, mark)) quietly(() => writeFileSync(file, textOf(mark, fields)));
    },
    [Symbol.dispose]() {
      // One that stays names a process that is gone.
      if (isOurs(file, mark)) quietly(() => rmSync(file, { force: true }));
    },
  };
  const sinceMs = performance.now();
  for (;;) {
    const waitedMs = performance.now() - sinceMs;
    if (create(file, text, before) !== "there" || waitedMs > 2 * TAKEOVER_MS) return note;
    const found = readText(file);
    const holder = readNote(file);
    if (holder && isLivingOther(holder)) return { heldBy: holder };
    if (waitedMs > TAKEOVER_MS) quietly(() => rmdirSync(takeoverOf(file)));
    const taken = takeOver(file, found);
    if (taken === "cannot") return note;
    if (taken === "later") Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOOK_AGAIN_MS);
  }
}

/** What a note says; `undefined` when there is none, or none that can be read. */
export function readNote(file: string): (ProcessMark & Readonly<Record<string, unknown>>) | undefined {
  try {
    const note = JSON.parse(readText(file) ?? "") as unknown;
    if (typeof note !== "object" || note === null || !("pid" in note) || typeof note.pid !== "number") return undefined;
    const { host, since, start } = note as Partial<Record<string, unknown>>;
    return {
      ...note,
      pid: note.pid,
      host: typeof host === "string" ? host : "",
      since: typeof since === "string" ? since : "",
      ...(typeof start === "string" && { start }),
    };
  } catch {
    return undefined;
  }
}

const textOf = (mark: ProcessMark, fields: object): string => `${JSON.stringify({ ...mark, ...fields })}\n`;

const takeoverOf = (file: string): string => `${file}.taking`;

/** Makes the file with its whole text at once, if there is none. */
function create(file: string, text: string, before: () => void): "made" | "there" | "cannot" {
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    before();
  } catch {
    return withoutNote(file);
  }
  try {
    writeFileSync(temporary, text);
    linkSync(temporary, file);
    return "made";
  } catch (error) {
    if (errnoOf(error) === "EEXIST") return "there";
    return createPlainly(file, text);
  } finally {
    quietly(() => rmSync(temporary, { force: true }));
  }
}

/** For file systems without hard links. */
function createPlainly(file: string, text: string): "made" | "there" | "cannot" {
  try {
    writeFileSync(file, text, { flag: "wx" });
    return "made";
  } catch (error) {
    if (errnoOf(error) === "EEXIST") return "there";
    return withoutNote(file);
  }
}

/** What a dead process wrote would name the wrong one, and half a note names nobody. */
function withoutNote(file: string): "cannot" {
  const left = readNote(file);
  if (!left || !isLivingOther(left)) quietly(() => rmSync(file, { force: true }));
  return "cannot";
}

/**
 * Removes the note of a dead process, in a folder that only one process can make: a new note is never removed for it.
 * `later`: another process is about to. `cannot`: nobody can here.
 */
function takeOver(file: string, before: string | undefined): "removed" | "later" | "cannot" {
  try {
    mkdirSync(takeoverOf(file));
  } catch (error) {
    return errnoOf(error) === "EEXIST" ? "later" : remove(file);
  }
  try {
    return readText(file) === before ? remove(file) : "removed";
  } finally {
    quietly(() => rmdirSync(takeoverOf(file)));
  }
}

function remove(file: string): "removed" | "cannot" {
  try {
    rmSync(file, { force: true });
    return "removed";
  } catch {
    return "cannot";
  }
}

function isOurs(file: string, { pid, since }: ProcessMark): boolean {
  const note = readNote(file);
  return note?.pid === pid && note.since === since;
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

function quietly(work: () => void): void {
  try {
    work();
  } catch {
    // A note is done without.
  }
}
