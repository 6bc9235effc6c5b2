import { join } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { cleanSessions, type CleanedSession, type CleanOptions } from "../../run/index.ts";
import { atWorkspace } from "../text/at-workspace.ts";
import { alignColumns, countOf, formatBytes } from "../text/report-text.ts";
import { countsLine } from "../text/summary.ts";
import { discardFromQueue } from "../flags/engine-flags.ts";
import { queueLines } from "../text/queue-lines.ts";
import { WORKSPACE_OPTION, workspaceOf, type WorkspaceFlag } from "../flags/workspace-flag.ts";
import { print } from "../terminal/print.ts";

const EXAMPLES = `
Examples:
  $ holdfast clean --days 30 --dry-run        what would be removed
  $ holdfast clean --days 30 --keep-failed    all that is older than 30 days and has no failed items
  $ holdfast clean --days 7 --include-interrupted

A running session is never removed. Notes, the cache and the ledger stay, so that what was done is not done again.
What workers have of a session is removed from their queue with it. When workers are at its items, or the queue does not
answer, a session that could be resumed is kept, unless you say --force. Those are removed by --include-interrupted only.`;

const DAY_MS = 86_400_000;

interface CleanFlags extends WorkspaceFlag, Omit<CleanOptions, "before" | "discardFrom"> {
  readonly days: number;
  readonly json?: boolean;
}

/** `holdfast clean --days <n>` */
export function cleanCommand(): Command {
  return new Command("clean")
    .description("remove the folders of old sessions")
    .requiredOption("--days <n>", "only sessions without any activity for this many days", days)
    .option("--dry-run", "show what would be removed, and remove nothing")
    .option("--keep-failed", "keep sessions with failed items")
    .option("--include-interrupted", "remove sessions that could be resumed, too")
    .option("--force", "remove sessions although workers are at their items, or their queue does not answer")
    .option(...WORKSPACE_OPTION)
    .option("--json", "one JSON document on stdout")
    .addHelpText("after", EXAMPLES)
    .action(async ({ days: age, json, workspace, ...options }: CleanFlags) => {
      const folder = workspaceOf({ ...(workspace !== undefined && { workspace }) });
      const cleaned = await cleanSessions(folder, {
        ...options,
        before: new Date(Date.now() - age * DAY_MS),
        discardFrom: discardFromQueue,
      });
      const { dryRun = false } = options;
      print(
        json
          ? JSON.stringify(forJson(cleaned, dryRun), undefined, 2)
          : textOf(cleaned, { folder, age, dryRun, force: options.force ?? false }),
      );
    });
}

const removedOf = (cleaned: readonly CleanedSession[]): readonly CleanedSession[] =>
  cleaned.filter(({ kept }) => kept === undefined);

const sizeOf = (cleaned: readonly CleanedSession[]): number => cleaned.reduce((sum, { bytes }) => sum + bytes, 0);

function forJson(cleaned: readonly CleanedSession[], dryRun: boolean): object {
  const removed = removedOf(cleaned);
  return { dryRun, removed, kept: cleaned.filter(({ kept }) => kept !== undefined), bytes: sizeOf(removed) };
}

interface Asked {
  readonly folder: string;
  readonly age: number;
  readonly dryRun: boolean;
  readonly force: boolean;
}

function textOf(cleaned: readonly CleanedSession[], { folder, age, dryRun, force }: Asked): string {
  const isUnreadable = ({ status }: CleanedSession): boolean => status === "unreadable";
  const unreadable = cleaned.find(isUnreadable);
  const none = cleaned.every(isUnreadable)
    ? `No session in ${folder} is older than ${countOf(age, "day")}.`
    : undefined;
  const removed = removedOf(cleaned);
  const rows = cleaned.map(({ id, status, bytes, kept, isForcible = false, isResumable = false, ...made }) => [
    kept === undefined ? (dryRun ? "would remove" : "removed") : "kept",
    id,
    status,
    formatBytes(bytes),
    kept === undefined
      ? countsLine(made)
      : `${kept}${isResumable ? ` (${force ? "--force alone does not remove it; " : ""}--include-interrupted removes it)` : ""}${isForcible ? " (--force removes it)" : ""}`,
  ]);
  const what = `${countOf(removed.length, "session")}, ${formatBytes(sizeOf(removed))}`;
  const done = dryRun
    ? `Would remove ${what}. Nothing was removed.`
    : `Removed ${what}. The cache and the ledger are untouched.`;
  return [
    ...alignColumns(rows),
    none ?? done,
    ...queueLines(removed, { dryRun }),
    ...(force && cleaned.some(({ isResumable }) => isResumable)
      ? [`To remove sessions that can be resumed too: ${forceCommand({ age, folder })}`]
      : []),
    ...(unreadable
      ? [
          `A session that cannot be read is left alone. To get rid of it, remove ${join(folder, "sessions", unreadable.id)} yourself.`,
        ]
      : []),
  ].join("\n");
}

const forceCommand = ({ age, folder }: Pick<Asked, "age" | "folder">): string =>
  `holdfast clean --days ${age} --include-interrupted --force${atWorkspace(folder)}`;

function days(text: string): number {
  if (/^\d+$/.test(text) && Number.isSafeInteger(Number(text))) return Number(text);
  throw new InvalidArgumentError("Expected a whole number of days, 0 or more.");
}
