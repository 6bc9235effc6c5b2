import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The binary of that Node, from npm. What is in the cache folder needs no network. */
export function nodeOnDisk(version: string, cache: string): string {
  const folder = join(cache, version);
  const binary = join(folder, "node_modules/node/bin", process.platform === "win32" ? "node.exe" : "node");
  if (versionOf(binary) === `v${version}`) return binary;
  mkdirSync(folder, { recursive: true });
  // The package fetches its binary in a script, which newer npm versions run only where it is allowed.
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, allowScripts: { node: true } }));
  const npm = spawnSync("npm", ["install", "--silent", "--no-save", "--prefix", folder, `node@${version}`], {
    encoding: "utf8",
    shell: process.platform === "win32",
  });
  if (versionOf(binary) === `v${version}`) return binary;
  throw new Error(`npm did not install node@${version}: ${npm.stderr || npm.stdout || String(npm.error)}`);
}

const versionOf = (binary: string): string | undefined =>
  existsSync(binary) ? spawnSync(binary, ["--version"], { encoding: "utf8" }).stdout.trim() : undefined;
