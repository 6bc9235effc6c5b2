import { Command, Option } from "commander";
import { FAILURES, HoldfastError, type FailureKind } from "../../core/failure/index.ts";
import { retryFailed, type RetriedOutcome } from "../../run/index.ts";
import { planRetry, reportSession } from "../../run/reports/index.ts";
import { drive } from "../terminal/drive.ts";
import { ExitCode } from "../terminal/exit-code.ts";
import type { SetExitCode } from "../terminal/exit-code.ts";
import { atWorkspace } from "../text/at-workspace.ts";
import { countOf } from "../text/report-text.ts";
import { nothingToRetry, refusedLines, restLine, restOf, retryPreview } from "./retry-preview.ts";
import { addRunFlags, type RunFlags } from "../flags/run-flags.ts";
import { exclusiveFolderOf, openSessionPipeline } from "../flags/session-pipeline.ts";
import { showPath } from "../text/show-path.ts";
import { workspaceOf } from "../flags/workspace-flag.ts";
import { print } from "../terminal/print.ts";
import { readItemWord } from "../text/escape/item-word.ts";

const EXAMPLES = `
Examples:
  $ holdfast retry 20260119_143052                            all failed items
  $ holdfast retry 20260119_143052 --preview                  what would be tried again; changes nothing
  $ holdfast retry 20260119_143052 --kind transient answer    only these kinds of failure
  $ holdfast retry 20260119_143052 --item claude:0f3c --item claude:77a1
  $ holdfast retry 20260119_143052 --llm ollama:qwen3         with another model

A failed item continues at the step that failed. Elements that could not be read stay failed: fix the input and import it again.
A session that was stopped before its end goes on with the rest too.`;

interface RetryFlags extends RunFlags {
  readonly item?: readonly string[];
  readonly kind?: readonly FailureKind[];
  readonly preview?: boolean;
  readonly force?: boolean;
}

/** `holdfast retry <id>` */
export function retryCommand(exit: SetExitCode): Command {
  return addRunFlags(new Command("retry"), { goesOn: true })
    .description("try a session's failed items again")
    .argument("<id>", "the session's id")
    .option("--item <item...>", "only these items: ids, or parts that no other item has")
    .addOption(
      new Option("--kind <failure...>", "only items with these kinds of failure").choices(Object.keys(FAILURES)),
    )
    .option("--preview", "show what would be tried again, and change nothing")
    .option("--force", "continue although the pipeline has changed since, or the workers' queue cannot be reached")
    .addHelpText("after", EXAMPLES)
    .action(async (id: string, given: RetryFlags) => exit(await retry(id, given)));
}

async function retry(
  id: string,
  { item: items, kind: kinds, preview, force = false, ...given }: RetryFlags,
): Promise<ExitCode> {
  const workspace = workspaceOf(given);
  const at = atWorkspace(workspace);
  const plan = await planRetry(workspace, id, { items: items?.map(readItemWord), kinds });
  const others = restOf(await reportSession(workspace, id));
  const rest = restLine(others);
  const document = (): string => JSON.stringify({ ...plan, rest: others }, undefined, 2);
  if (preview) {
    print(given.json ? document() : retryPreview(id, plan, { at, rest }));
    return ExitCode.done;
  }
  if (plan.count === 0) {
    // No failed items is success; a selection that matches nothing is a mistake.
    if (plan.failed.length > 0) throw new HoldfastError("usage", nothingToRetry(id, plan, { at }));
    print(given.json ? document() : nothingToRetry(id, plan, { at }));
    return ExitCode.done;
  }
  const { session, pipeline, flags, out } = await openSessionPipeline(id, { ...given, force });
  let refused: RetriedOutcome["refused"] = [];
  return drive(
    async ({ say: _say, ...options }) => {
      const tried = await retryFailed(id, pipeline, {
        ...options,
        ...exclusiveFolderOf(out),
        query: plan.query,
        force,
      });
      refused = tried.refused;
      return tried;
    },
    {
      flags,
      session,
      again: (count) => [`Trying ${countOf(count, "item")} again.`, ...(rest === undefined ? [] : [rest])].join(" "),
      more: () => (refused.length > 0 ? { refused } : {}),
      closing: () =>
        [...refusedLines(refused), ...(out === undefined ? [] : [`Notes: ${showPath(out)}`])].join("\n") || undefined,
    },
  );
}
