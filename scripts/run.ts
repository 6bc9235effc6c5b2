import { spawnSync } from "node:child_process";

/** Runs a command in the open, and ends this process with its exit code when it fails. */
export function run(command: string, ...args: readonly string[]): void {
  const { status, error } = spawnSync(command, args, { stdio: "inherit" });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
}
