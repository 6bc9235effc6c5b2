import { spawn } from "node:child_process";
import { once } from "node:events";
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";

/** What a process did to a file, or said on stdout. Times are places in the record. */
export type DiskEvent =
  | {
      readonly kind: "write";
      readonly file: string;
      readonly at: number;
      readonly data: Buffer;
      readonly from: number;
      readonly until: number;
    }
  | {
      readonly kind: "resize";
      readonly file: string;
      readonly size: number;
      readonly from: number;
      readonly until: number;
    }
  | { readonly kind: "sync"; readonly file: string; readonly from: number; readonly until: number }
  | { readonly kind: "said"; readonly text: string; readonly from: number; readonly until: number };

/** One of them before it is known when it ended. */
type Begun = DiskEvent extends infer Each ? (Each extends unknown ? Omit<Each, "from" | "until"> : never) : never;

/** Runs a script of ours under strace, in all of its threads, and waits for its end. Throws where there is no strace. */
export async function recordDisk(script: readonly string[], trace: string): Promise<void> {
  const strace = ["-f", "-y", "-xx", "-s", "1000000", "-e", `trace=${CALLS}`, "-e", "signal=none", "-o", trace];
  const child = spawn("strace", [...strace, process.execPath, "--no-warnings", ...script], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  const [code] = (await once(child, "exit")) as [number];
  if (code !== 0)
    throw new Error(`The recorded process ended with ${code}. This needs strace: apt-get install strace.`);
}

const CALLS = "write,pwrite64,fsync,fdatasync,ftruncate";

/** Reads what strace wrote, for the files whose names begin with `file`. */
export async function readRecord(trace: string, file: string): Promise<readonly DiskEvent[]> {
  const events: DiskEvent[] = [];
  /** Calls that other threads came in between, by thread. */
  const open = new Map<string, { readonly begun: Begun; readonly from: number }>();
  let now = 0;
  for await (const line of createInterface(createReadStream(trace, "latin1"))) {
    now += 1;
    const [, thread = "", rest = ""] = /^(\d+) +(.*)$/s.exec(line) ?? [];
    const resumed = rest.startsWith("<... ");
    const started = resumed ? undefined : eventOf(rest, file);
    if (started && rest.endsWith("<unfinished ...>")) open.set(thread, { begun: started, from: now });
    else if (started) events.push(ended(started, rest, now, now));
    const before = resumed ? open.get(thread) : undefined;
    if (before) {
      open.delete(thread);
      events.push(ended(before.begun, rest, before.from, now));
    }
  }
  return events.toSorted((a, b) => a.from - b.from);
}

function ended(begun: Begun, line: string, from: number, until: number): DiskEvent {
  const result = Number(/ = (-?\d+)[^=]*$/.exec(line)?.[1]);
  const isWhole = begun.kind === "write" ? result === begun.data.length : result >= 0;
  if (!isWhole) throw new Error(`A call that did not do all it should: ${line.slice(-200)}`);
  return { ...begun, from, until };
}

function eventOf(line: string, prefix: string): Begun | undefined {
  const [, call = "", fd = "", name = "", rest = ""] = /^(\w+)\((\d+)<([^>]*)>(.*)$/s.exec(line) ?? [];
  if (fd === "1" && call === "write") return { kind: "said", text: bytesIn(rest).toString() };
  const file = bytesIn(name).toString();
  if (!file.startsWith(prefix) || NOT_KEPT.test(file)) return undefined;
  if (call === "fsync" || call === "fdatasync") return { kind: "sync", file };
  if (call === "ftruncate") return { kind: "resize", file, size: numberIn(rest, /^, (\d+)/) };
  if (call === "pwrite64") return { kind: "write", file, data: bytesIn(rest), at: numberIn(rest, /", \d+, (\d+)/) };
  throw new Error(`An unexpected call: ${line.slice(0, 100)}`);
}

/** Made anew by the first process that opens the database; and gone, with its folder synced, once that has its log. */
const NOT_KEPT = /-(?:shm|journal)$/;

const numberIn = (text: string, pattern: RegExp): number => Number(pattern.exec(text)?.[1]);

/** The bytes of a text that strace wrote in hexadecimal. */
function bytesIn(text: string): Buffer {
  const [hex = ""] = /(?:\\x[0-9a-f]{2})+/.exec(text) ?? [];
  return Buffer.from(hex.replaceAll(String.raw`\x`, ""), "hex");
}
