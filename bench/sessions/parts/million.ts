import { spawnSync } from "node:child_process";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { measureIn } from "../child.ts";
import { inFolder } from "../in-folder.ts";
import { spreadOf, type Spread } from "../spread.ts";

/** What one long run took. */
export interface LongRun {
  readonly items: number;
  readonly steps: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly maxRssBytes: number;
  /** Size of `state.db` for each step of an item. */
  readonly bytesPerStep: number;
  /** `holdfast status ID` while it ran: from the start of the process to its end. */
  readonly statusMs: Spread;
  /** The same machine's `node -e 0`, measured in turn with it. */
  readonly nodeStartMs: Spread;
}

const BIN = join(import.meta.dirname, "../../../bin/holdfast.js");
const BETWEEN_LOOKS_MS = 1500;

/** Runs a session and asks `holdfast status` how it stands again and again until it ends. */
export async function longRun(items: number, steps: number): Promise<LongRun> {
  return inFolder(async (folder) => {
    const workspace = join(folder, ".holdfast");
    const ended = new AbortController();
    const watched = watch(workspace, ended.signal);
    const measured = await measureIn<Pick<LongRun, "seconds" | "cpuSeconds" | "maxRssBytes">>({
      file: "run-contender.ts",
      args: ["holdfast", folder, items, steps],
    }).finally(() => ended.abort());
    const { status, node } = await watched;
    const { size } = await stat(join(workspace, "sessions", await newest(workspace), "state.db"));
    return {
      items,
      steps,
      ...measured,
      bytesPerStep: size / (items * steps),
      statusMs: spreadOf(status),
      nodeStartMs: spreadOf(node),
    };
  });
}

async function watch(
  workspace: string,
  ended: AbortSignal,
): Promise<{ readonly status: readonly number[]; readonly node: readonly number[] }> {
  const status: number[] = [];
  const node: number[] = [];
  for (;;) {
    await wait(BETWEEN_LOOKS_MS, undefined, { signal: ended }).catch(() => {});
    if (ended.aborted) return { status, node };
    node.push(timeOf("-e", "0"));
    status.push(timeOf(BIN, "status", await newest(workspace), "--workspace", workspace));
  }
}

function timeOf(...args: readonly string[]): number {
  const startedAt = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, { stdio: ["ignore", "ignore", "pipe"] });
  if (status !== 0) throw new Error(`node ${args.join(" ")} ended with ${status}: ${stderr.toString()}`);
  return performance.now() - startedAt;
}

async function newest(workspace: string): Promise<string> {
  const ids = (await readdir(join(workspace, "sessions"))).sort();
  const id = ids.at(-1);
  if (id === undefined) throw new Error(`There is no session in ${workspace}.`);
  return id;
}
