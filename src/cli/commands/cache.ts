import { Command, InvalidArgumentError } from "commander";
import { HoldfastError } from "../../core/failure/index.ts";
import {
  hasWorkspace,
  openWorkspace,
  readWorkspace,
  type AnswerQuery,
  type CachedAnswers,
  type Workspace,
} from "../../stores/workspace/index.ts";
import { atWorkspace } from "../text/at-workspace.ts";
import { alignColumns, countOf, formatBytes, formatCount, formatTime } from "../text/report-text.ts";
import { WORKSPACE_OPTION, workspaceOf, type WorkspaceFlag } from "../flags/workspace-flag.ts";
import { print } from "../terminal/print.ts";

const EXAMPLES = `
Examples:
  $ holdfast cache                                              how many answers there are, per step
  $ holdfast cache prune --older-than 30d --dry-run             what would be removed
  $ holdfast cache prune --older-than 12h --step summarise
  $ holdfast cache clear --yes                                  all of them

A removed answer is paid for again when it is needed again. Nothing else is lost: notes, sessions and the ledger
stay as they are. To ask again without removing anything, run with --no-cache.`;

interface CacheFlags extends WorkspaceFlag {
  readonly json?: boolean;
}

interface PruneFlags extends CacheFlags {
  readonly olderThan: number;
  readonly step?: string;
  readonly dryRun?: boolean;
}

/** `holdfast cache`, `holdfast cache prune`, `holdfast cache clear` */
export function cacheCommand(): Command {
  const command = withFlags(new Command("cache"))
    .description("look at the cached answers, or remove some")
    .addHelpText("after", EXAMPLES)
    .action((flags: CacheFlags) =>
      inCache(flags, readWorkspace, (answers, workspace) => report(answers, workspace, flags)),
    );
  const prune = withFlags(new Command("prune"))
    .description("remove old answers")
    .requiredOption("--older-than <age>", "remove answers older than this: 30d, 12h, 45m", age)
    .option("--step <name>", "only those of this step")
    .option("--dry-run", "show what would be removed, and remove nothing")
    .action((_: PruneFlags, self: Command) => {
      const { olderThan, step, ...flags }: PruneFlags = self.optsWithGlobals();
      return remove({ before: new Date(Date.now() - olderThan), ...(step !== undefined && { step }) }, flags);
    });
  const clear = withFlags(new Command("clear"))
    .description("remove all answers")
    .option("--yes", "really")
    .action((_: CacheFlags, self: Command) => {
      const { yes, ...flags }: CacheFlags & { readonly yes?: boolean } = self.optsWithGlobals();
      if (yes) return remove({}, flags);
      throw new HoldfastError(
        "usage",
        "This removes every cached answer: each is paid for again when it is needed again.",
        {
          hint: `Nothing was removed. Run \`holdfast cache clear --yes${atWorkspace(workspaceOf(flags))}\` if you mean it.`,
        },
      );
    });
  for (const sub of [prune, clear]) command.addCommand(sub.exitOverride());
  return command;
}

const withFlags = (command: Command): Command =>
  command.option(...WORKSPACE_OPTION).option("--json", "one JSON document on stdout");

/** Opens the cache of a workspace, to look at it or to remove something; a missing workspace is not created. */
async function inCache(
  flags: CacheFlags,
  open: (folder: string) => Workspace,
  work: (answers: CachedAnswers | undefined, workspace: string) => void,
): Promise<void> {
  const folder = workspaceOf(flags);
  if (!hasWorkspace(folder)) return work(undefined, folder);
  await using workspace = open(folder);
  work(workspace.cache, folder);
}

function report(answers: CachedAnswers | undefined, workspace: string, { json }: CacheFlags): void {
  const steps = answers?.steps() ?? [];
  const total = answers?.measure({}) ?? { answers: 0, bytes: 0 };
  if (json) return print(JSON.stringify({ workspace, ...total, steps }, undefined, 2));
  if (steps.length === 0) return print(`No answers are cached in ${workspace}.`);
  const rows = steps.map(({ step, answers: count, bytes, oldestAt, newestAt }) => [
    step,
    formatCount(count),
    formatBytes(bytes),
    formatTime(oldestAt),
    formatTime(newestAt),
  ]);
  print(`${countOf(total.answers, "answer")}, ${formatBytes(total.bytes)}, in ${workspace}`);
  for (const line of alignColumns([["step", "answers", "size", "oldest", "newest"], ...rows])) print(`  ${line}`);
}

function remove(
  query: AnswerQuery,
  { dryRun = false, json, ...flags }: CacheFlags & { readonly dryRun?: boolean },
): Promise<void> {
  return inCache(flags, dryRun ? readWorkspace : openWorkspace, (answers) => {
    if (query.step !== undefined) assertStep(query.step, answers);
    const removed = (dryRun ? answers?.measure(query) : answers?.prune(query)) ?? { answers: 0, bytes: 0 };
    if (json) return print(JSON.stringify({ ...removed, dryRun }, undefined, 2));
    const what = `${countOf(removed.answers, "answer")}, ${formatBytes(removed.bytes)}`;
    print(dryRun ? `Would remove ${what}. Nothing was removed.` : `Removed ${what}.`);
  });
}

function assertStep(step: string, answers: CachedAnswers | undefined): void {
  const steps = answers?.steps().map((one) => one.step) ?? [];
  if (steps.includes(step)) return;
  throw new HoldfastError("usage", `No answers of step ${JSON.stringify(step)} are cached.`, {
    hint: steps.length === 0 ? "The cache is empty." : `There are cached answers of: ${steps.join(", ")}.`,
  });
}

const UNIT_MS: Readonly<Record<string, number>> = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000 };

/** Milliseconds of `30d`, `12h`, `45m` or `10s`. */
function age(text: string): number {
  const [, digits = "", unit = ""] = /^(\d+(?:\.\d+)?)([dhms])$/.exec(text) ?? [];
  const ms = Number(digits) * (UNIT_MS[unit] ?? Number.NaN);
  if (Number.isFinite(ms)) return ms;
  throw new InvalidArgumentError("Expected an age like 30d, 12h or 45m.");
}
