// Every promised Node does the work: the lowest and the newest of each line, from npm, on the built command line and library.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { demo, fleet, library, sessions } from "../test/nodes/checks.ts";
import { nodeOnDisk } from "../test/nodes/node-on-disk.ts";
import { User } from "../test/nodes/user.ts";
import { root } from "../test/cli/holdfast.ts";
import { serverKinds } from "../test/fleet/servers.ts";
import { run } from "./run.ts";

/** Exact versions: the floor of package.json's engines, and `npm view node versions` for the others. */
const NODES = ["22.18.0", "22.23.3", "24.0.0", "24.21.0", "26.10.0"];

const CHECKS = { demo, sessions, library, fleet };

run("npm", "run", "--silent", "build");
const cache = join(root, "node_modules/.cache/nodes");
const [postgres] = serverKinds;
if (!postgres) throw new Error("There is no database for the queue.");
await using queue = await postgres.start();

const rows: Record<string, string>[] = [];
const faults: string[] = [];
for (const version of NODES) {
  const binary = nodeOnDisk(version, cache);
  const warnings = new Set<string>();
  const row: Record<string, string> = { Node: version };
  for (const [name, check] of Object.entries(CHECKS)) {
    await queue.clear();
    const user = new User(binary, queue.env);
    const startedMs = performance.now();
    try {
      await check(user, queue);
      row[name] = `ok, ${((performance.now() - startedMs) / 1000).toFixed(1)} s`;
      rmSync(user.folder, { recursive: true, force: true });
    } catch (error) {
      row[name] = "FAILED";
      faults.push(
        `Node ${version}, ${name}, in ${user.folder}: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
    for (const warning of user.warnings) warnings.add(warning);
  }
  for (const warning of warnings) faults.push(`Node ${version} warned: ${warning}`);
  row["warnings"] = warnings.size === 0 ? "none" : String(warnings.size);
  rows.push(row);
  console.log(Object.values(row).join("  "));
}

const columns = Object.keys(rows[0] ?? {});
const widths = columns.map((column) => Math.max(column.length, ...rows.map((row) => row[column]?.length ?? 0)));
const line = (cells: readonly string[]): string => cells.map((cell, n) => cell.padEnd(widths[n] ?? 0)).join("  ");
console.log(`\n${line(columns)}`);
for (const row of rows) console.log(line(columns.map((column) => row[column] ?? "")));
for (const fault of faults) console.error(`\n${fault}`);
process.exitCode = faults.length > 0 ? 1 : 0;
