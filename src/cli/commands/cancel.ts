import { Command } from "commander";
import { SessionStatus } from "../../core/base/index.ts";
import { HoldfastError } from "../../core/failure/index.ts";
import { cancelItems, cancelSession, type CancelledItems } from "../../run/index.ts";
import { reportSession, type SessionReport } from "../../run/reports/index.ts";
import { retryText } from "../text/next/go-on.ts";
import { inFlightLines } from "../text/in-flight-lines.ts";
import { countOf } from "../text/report-text.ts";
import { print } from "../terminal/print.ts";
import { readItemWord } from "../text/escape/item-word.ts";
import { lineText } from "../text/escape/terminal-text.ts";
import { atWorkspaceOf } from "../text/at-workspace.ts";
import { nextCommands } from "../text/next/next-commands.ts";
import { countsLine } from "../text/summary.ts";
import { WORKSPACE_OPTION, workspaceOf, type WorkspaceFlag } from "../flags/workspace-flag.ts";

const EXAMPLES = `
Examples:
  $ holdfast cancel 20260119_143052                     stop its run as Ctrl-C does there: what is in flight is finished
  $ holdfast cancel 20260119_143052 --now               abort what is in flight too; it is done again by a resume
  $ holdfast cancel 20260119_143052 claude:0f3c         end one item as failed, and abort its call
  $ holdfast cancel 20260119_143052 0f3c 77a1 --json    parts of ids are enough when no other item has them

The run ends with exit code 130, and \`holdfast resume\` goes on with it. A cancelled item is failed with the reason
"cancelled by the user"; only a retry that names it tries it again: --item <id>, or --kind cancelled_by_user.`;

interface CancelFlags extends WorkspaceFlag {
  readonly now?: boolean;
  readonly json?: boolean;
}

/** `holdfast cancel <session> [item...]` */
export function cancelCommand(): Command {
  return new Command("cancel")
    .description("stop a session that another process runs here, or end some of its items")
    .argument("<session>", "the session's id")
    .argument("[items...]", "only these items: ids, or parts that no other item has")
    .option("--now", "abort the calls in flight, as a second Ctrl-C does")
    .option(...WORKSPACE_OPTION)
    .option("--json", "one JSON document on stdout")
    .addHelpText("after", EXAMPLES)
    .action(async (id: string, items: readonly string[], flags: CancelFlags) => {
      await (items.length === 0 ? stop(id, flags) : cancel(id, items, flags));
    });
}

async function stop(id: string, { now = false, json, ...flags }: CancelFlags): Promise<void> {
  const workspace = workspaceOf(flags);
  const { hasEnded } = await cancelSession(workspace, id, { now });
  const report = await reportSession(workspace, id);
  const { session, inFlight } = report;
  if (json) return printJson({ hasEnded, session, inFlight });
  const lines = hasEnded ? nextCommands(report) : stillFinishing(report);
  print([`Session ${id}: ${session.status}`, `  ${countsLine(session)}`, ...lines].join("\n"));
}

const stillFinishing = (report: SessionReport): readonly string[] => [
  "It starts nothing new, and still finishes what is in flight.",
  ...inFlightLines(report),
  `Run \`holdfast cancel ${report.session.id} --now${atWorkspaceOf(report)}\` to abort that; nothing is lost either way.`,
];

async function cancel(id: string, texts: readonly string[], { now, json, ...flags }: CancelFlags): Promise<void> {
  if (now) {
    throw new HoldfastError(
      "usage",
      "--now is for a whole session: the call of a named item is always aborted at once.",
      {
        hint: "Leave out --now. Nothing was changed.",
      },
    );
  }
  const workspace = workspaceOf(flags);
  const result = await cancelItems(workspace, id, texts.map(readItemWord));
  if (json) return printJson(result);
  print(itemsText(await reportSession(workspace, id), result).join("\n"));
}

function itemsText(report: SessionReport, { cancelled, asked, ended }: CancelledItems): readonly string[] {
  const { session } = report;
  const [first] = [...cancelled, ...asked];
  return [
    ...(cancelled.length > 0 ? [`Cancelled ${countOf(cancelled.length, "item")}: ${listOf(cancelled)}`] : []),
    ...(asked.length > 0
      ? [`The run will not begin ${countOf(asked.length, "item")}, and ends them as failed: ${listOf(asked)}`]
      : []),
    ...ended.map(({ itemId, status }) => `${lineText(itemId)} has ended before (${status}), and stays as it is.`),
    ...(first
      ? [
          `${session.status === SessionStatus.running ? "When the run has ended, run" : "Run"} \`${retryText(session, { at: atWorkspaceOf(report), itemId: first.itemId })}\` to try one again after all.`,
        ]
      : []),
  ];
}

const MOST_NAMED = 10;

const listOf = (places: CancelledItems["asked"]): string =>
  `${places
    .slice(0, MOST_NAMED)
    .map(({ itemId }) => lineText(itemId))
    .join(", ")}${places.length > MOST_NAMED ? ", ..." : ""}`;

const printJson = (document: unknown): void => print(JSON.stringify(document, undefined, 2));
