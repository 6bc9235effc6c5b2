import { cpSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, unknown>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
}

export const manifest: Manifest = JSON.parse(readFileSync("package.json", "utf8"));

/** A folder that has the built package and its dependencies installed, and of its optional peers those that are named. */
export function newConsumer(...peers: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-consumer-"));
  const installed = join(folder, "node_modules");
  // Copied: through a link, packages would be looked for in the project, which has the peers.
  for (const part of ["package.json", "dist"]) cpSync(part, join(installed, "holdfast", part), { recursive: true });
  for (const name of [...Object.keys(manifest.dependencies), ...peers]) {
    mkdirSync(dirname(join(installed, name)), { recursive: true });
    symlinkSync(resolve("node_modules", name), join(installed, name));
  }
  return folder;
}
