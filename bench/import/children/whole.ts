// One JSON.parse of the whole file: `node whole.ts FILE`.
import { readFile } from "node:fs/promises";
import { measure } from "./reading.ts";

const [path = ""] = process.argv.slice(2);
await measure(async () => {
  const all: readonly unknown[] = JSON.parse(await readFile(path, "utf8"));
  return all.length;
});
