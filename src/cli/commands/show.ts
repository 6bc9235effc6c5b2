import { Command, Option } from "commander";
import type { ItemStatus } from "../../core/base/index.ts";
import type { Session } from "../../core/session/index.ts";
import { HoldfastError } from "../../core/failure/index.ts";
import { listItems, reportItem, reportSession } from "../../run/reports/index.ts";
import { failureLines } from "../text/failure-lines.ts";
import { atWorkspace, atWorkspaceOf } from "../text/at-workspace.ts";
import { wholeNumber } from "../flags/flag-values.ts";
import { itemListLines } from "../text/item-list.ts";
import { countOf, formatCount } from "../text/report-text.ts";
import { inFlightLines } from "../text/in-flight-lines.ts";
import { itemLines } from "../text/item-lines.ts";
import { nextCommands } from "../text/next/next-commands.ts";
import { countsLine, workerLines } from "../text/summary.ts";
import { WORKSPACE_OPTION, workspaceOf, type WorkspaceFlag } from "../flags/workspace-flag.ts";
import { print } from "../terminal/print.ts";
import { itemWord, readItemWord } from "../text/escape/item-word.ts";

const EXAMPLES = `
Examples:
  $ holdfast show 20260119_143052                  what failed, by cause, with the command that fixes each
  $ holdfast show 20260119_143052 claude:0f3c      one item: its steps, its error, its attempts, its files
  $ holdfast show 20260119_143052 0f3c --json      a part of the id is enough when no other item has it
  $ holdfast show 20260119_143052 --status skipped --limit 100 --skip 100    items and why they were skipped`;

const SHOWN_GROUPS = 100;

interface ShowFlags extends WorkspaceFlag {
  readonly json?: boolean;
  readonly status?: ItemStatus;
  readonly limit?: number;
  readonly skip?: number;
}

/** The statuses of ended items; `resume` works on the others. */
const LISTED: readonly ItemStatus[] = ["skipped", "filtered", "review", "completed", "failed"];

/** `holdfast show <session> [item]` */
export function showCommand(): Command {
  return new Command("show")
    .description("show what failed in a session, the items of a status, or everything about one item")
    .argument("<session>", "the session's id")
    .argument("[item]", "the item's id, or a part of it")
    .addOption(new Option("--status <status>", "list the items of this status, with their reasons").choices(LISTED))
    .option("--limit <n>", "with --status: list at most this many (default: 50)", wholeNumber)
    .option("--skip <n>", "with --status: skip this many first", wholeNumber)
    .option(...WORKSPACE_OPTION)
    .option("--json", "one JSON document on stdout")
    .addHelpText("after", EXAMPLES)
    .action(async (id: string, item: string | undefined, flags: ShowFlags) => {
      const { status, ...others } = flags;
      if (status !== undefined && item === undefined) return showList(id, status, others);
      if (status ?? flags.limit ?? flags.skip) throw misplaced(id, atWorkspace(workspaceOf(flags)));
      await (item === undefined ? showFailures(id, flags) : showItem(id, item, flags));
    });
}

const misplaced = (id: string, at: string): HoldfastError =>
  new HoldfastError("usage", "--limit and --skip need --status, and --status cannot be combined with an item.", {
    hint: `For example: holdfast show ${id} --status skipped --limit 100${at}`,
  });

async function showList(id: string, status: ItemStatus, { limit, skip, ...flags }: ShowFlags): Promise<void> {
  const asked = { status, ...(limit !== undefined && { limit }), ...(skip !== undefined && { skip }) };
  const workspace = workspaceOf(flags);
  const list = await listItems(workspace, id, asked);
  print(
    flags.json ? JSON.stringify(list, undefined, 2) : itemListLines(list, { at: atWorkspace(workspace) }).join("\n"),
  );
}

async function showFailures(id: string, flags: ShowFlags): Promise<void> {
  const report = await reportSession(workspaceOf(flags), id);
  const { session, failures, failed, inFlight } = report;
  if (flags.json) return printJson({ session, failures, failed, ...(inFlight && { inFlight }) });
  const [first] = failed;
  const at = atWorkspaceOf(report);
  const lines =
    failures.length === 0
      ? ["No item failed.", ...otherItems(session, at)]
      : [
          `${countOf(session.counts.failed, "item")} failed, of ${countOf(failures.length, "cause")}:`,
          ...failureLines(session, failures, { most: SHOWN_GROUPS, evidence: true, at }),
          ...(first ? [`Run \`holdfast show ${id} ${itemWord(first.itemId)}${at}\` to look at one of them.`] : []),
        ];
  print(
    [
      `Session ${id}: ${session.status}`,
      `  ${countsLine(session)}`,
      ...workerLines(report),
      ...inFlightLines(report),
      ...lines,
      ...nextCommands(report),
    ].join("\n"),
  );
}

/** How to list the other items that are worth a look. */
const otherItems = ({ id, counts }: Session, at: string): readonly string[] =>
  EXPLAINED.filter(({ status }) => counts[status] > 0).map(
    ({ status, label }) =>
      `Run \`holdfast show ${id} --status ${status}${at}\` to list the ${formatCount(counts[status])} ${label}.`,
  );

const EXPLAINED = [
  { status: "review", label: "to review" },
  { status: "skipped", label: "skipped" },
  { status: "filtered", label: "filtered" },
] as const;

async function showItem(id: string, text: string, flags: ShowFlags): Promise<void> {
  const workspace = workspaceOf(flags);
  const found = await reportItem(workspace, id, readItemWord(text));
  if (flags.json) return printJson(found);
  const report = await reportSession(workspace, id);
  const at = atWorkspaceOf(report);
  print(found.map((details) => itemLines(details, report.session, { at }).join("\n")).join("\n\n"));
}

const printJson = (document: unknown): void => print(JSON.stringify(document, undefined, 2));
