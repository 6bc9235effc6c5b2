// The built command as a user runs it: `node import.ts EXPORT OUT`. Prints time and memory of the command's own process.
import { spawnSync } from "node:child_process";
import { join } from "node:path";

const [path = "", out = ""] = process.argv.slice(2);
const bin = join(import.meta.dirname, "../../../bin/holdfast.js");
const startedAt = performance.now();
const ran = spawnSync(
  process.execPath,
  ["--import", join(import.meta.dirname, "tell-memory.ts"), bin, "import", path, "--out", out, "--json"],
  {
    stdio: ["ignore", "pipe", "pipe"],
    maxBuffer: 1 << 30,
  },
);
const seconds = (performance.now() - startedAt) / 1000;
const told = ran.stderr.toString();
if (ran.status !== 0) throw new Error(told.slice(-2_000));
const maxRssBytes = Number(/max rss: (\d+)/.exec(told)?.[1]);
const { session } = JSON.parse(ran.stdout.toString()) as { session: { counts: { completed: number } } };
process.stdout.write(JSON.stringify({ seconds, chats: session.counts.completed, maxRssBytes }));
