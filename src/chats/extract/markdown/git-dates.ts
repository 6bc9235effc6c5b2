import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { dateOf } from "./document-date.ts";

/** When each file below a folder was committed first, by its path from the folder on; ISO 8601 in UTC. */
export type GitDates = ReadonlyMap<string, string>;

/** The repository is not trusted: nothing from its settings is run, and nothing is fetched. */
const SAFELY = ["core.quotePath=false", "core.fsmonitor=false", "core.hooksPath=/dev/null"].flatMap((setting) => [
  "-c",
  setting,
]);
const ENVIRONMENT = { GIT_TERMINAL_PROMPT: "0", GIT_NO_LAZY_FETCH: "1", GIT_OPTIONAL_LOCKS: "0" };

const COMMIT = "commit:";

/** Asks git for the dates of the Markdown files. Without git, or outside of a repository, there are none. */
export async function gitDates(folder: string): Promise<GitDates> {
  const dates = new Map<string, string>();
  const git = spawn(
    "git",
    [
      "-C",
      folder,
      ...SAFELY,
      "log",
      "--no-show-signature",
      "--no-renames",
      "--name-only",
      "--relative",
      `--format=${COMMIT}%aI`,
      "--",
      "*.md",
      "*.markdown",
      "*.mkd",
    ],
    { stdio: ["ignore", "pipe", "ignore"], env: { ...process.env, ...ENVIRONMENT } },
  );
  const ended = new Promise<void>((resolve) => {
    git.once("close", () => resolve());
    // No git on this machine.
    git.once("error", () => resolve());
  });
  let date: string | undefined;
  for await (const line of createInterface({ input: git.stdout, crlfDelay: Infinity })) {
    if (line.startsWith(COMMIT)) date = dateOf(line.slice(COMMIT.length));
    // The newest commit comes first, so that the last one named for a file is its first.
    else if (line !== "" && date !== undefined) dates.set(line, date);
  }
  await ended;
  return dates;
}
