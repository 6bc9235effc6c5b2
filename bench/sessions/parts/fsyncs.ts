import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { runChild } from "../child.ts";
import type { Entrant } from "../entrants.ts";
import { inFolder } from "../in-folder.ts";

/** How often a contender and its server forced data onto the disk. */
export interface FsyncRow {
  readonly entrant: Entrant;
  readonly items: number;
  /** Steps of each item. */
  readonly steps: number;
  readonly fsyncs: number;
}

/** Counts with strace in a short run of its own; what starting and warming up takes is taken off. */
export async function countFsyncs(
  entrants: readonly Entrant[],
  { items, steps }: { readonly items: number; readonly steps: number },
): Promise<readonly FsyncRow[]> {
  const rows: FsyncRow[] = [];
  for (const entrant of entrants) {
    const own = Math.min(items, entrant.mostItems);
    const fsyncs = (await counted(entrant, own, steps)) - (await counted(entrant, 0, steps));
    rows.push({ entrant, items: own, steps, fsyncs });
    process.stderr.write(`${entrant.title}: ${fsyncs} fsyncs for ${own} items\n`);
  }
  return rows;
}

async function counted({ name }: Entrant, items: number, steps: number): Promise<number> {
  return inFolder(async (folder) => {
    const output = join(folder, "strace.txt");
    await runChild({
      file: "run-contender.ts",
      args: [name, folder, items, steps],
      under: ["strace", "-f", "-c", "-e", "trace=fsync,fdatasync", "-o", output],
    });
    return callsIn(await readFile(output, "utf8"));
  });
}

/** The sum of the `calls` column of strace's summary. */
function callsIn(summary: string): number {
  const calls = summary.matchAll(/^\s*[\d.]+\s+[\d.]+\s+\d+\s+(\d+)\s+(?:\d+\s+)?(?:fsync|fdatasync)$/gm);
  return [...calls].reduce((sum, [, count]) => sum + Number(count), 0);
}
