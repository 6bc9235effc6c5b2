// What takes long: the whole crash loops, other seeds, a browser and other runtimes. `npm run soak -- loops` runs one.
import { spawnSync } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { heading } from "./heading.ts";
import { run } from "./run.ts";
import { failedTests, runSuite } from "./run-suite.ts";

interface Section {
  readonly name: string;
  readonly title: string;
  /** Returns the exit code. */
  readonly run: () => number;
}

const sections: readonly Section[] = [
  { name: "loops", title: "Whole loops", run: () => runSuite({ SOAK: "1" }) },
  { name: "seeds", title: "Property tests with other seeds", run: otherSeeds },
  { name: "browser", title: "The retry entry in a browser", run: () => npm("test:browser") },
  { name: "nodes", title: "The lowest and the newest of each Node that is promised", run: () => npm("test:nodes") },
  { name: "runtimes", title: "The retry entry in Node, Deno and Bun", run: () => npm("test:runtimes") },
];

const SEEDS = 5;

const wanted = process.argv.slice(2);
const unknown = wanted.find((name) => !sections.some((section) => section.name === name));
if (unknown !== undefined) {
  console.error(`There is no section "${unknown}": ${sections.map(({ name }) => name).join(", ")}.`);
  process.exit(1);
}

run("npm", "run", "--silent", "build");
const ended = sections
  .filter(({ name }) => wanted.length === 0 || wanted.includes(name))
  .map((section) => {
    heading(section.title);
    const startedMs = performance.now();
    const isRed = section.run() !== 0;
    return { section, isRed, minutes: (performance.now() - startedMs) / 60_000 };
  });
heading("Soak");
for (const { section, minutes } of ended) {
  console.log(`${section.name.padEnd(10)}${minutes.toFixed(1).padStart(6)} minutes`);
}
console.log();
const failed = ended.filter(({ isRed }) => isRed);
if (failed.length === 0) console.log("Every section passed.");
for (const { section } of failed) console.log(`× ${section.title}: npm run soak -- ${section.name}`);
for (const name of failedTests()) console.log(`  × ${name}`);
process.exit(failed.length === 0 ? 0 : 1);

function npm(script: string): number {
  return spawnSync("npm", ["run", "--silent", script], { stdio: "inherit" }).status ?? 1;
}

/** Every property test, with seeds that nobody chose. A failure prints its seed. */
function otherSeeds(): number {
  const files = globSync("src/**/*.test.ts").filter((file) => readFileSync(file, "utf8").includes("fast-check"));
  for (let n = 0; n < SEEDS; n += 1) {
    const seed = String(Math.floor(Math.random() * 2 ** 31));
    console.log(`\nSEED=${seed}`);
    const code = runSuite({ SEED: seed }, files);
    if (code !== 0) return code;
  }
  return 0;
}
