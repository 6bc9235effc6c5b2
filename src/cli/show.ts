import { Command } from "commander";
import { reportItem, reportSession } from "../run/index.ts";
import { failureLines } from "./failure-lines.ts";
import { countOf } from "./report-text.ts";
import { itemLines } from "./item-lines.ts";
import { countsLine, nextCommands } from "./summary.ts";
import { WORKSPACE_OPTION, workspaceOf, type WorkspaceFlag } from "./workspace-flag.ts";

const EXAMPLES = `
Examples:
  $ holdfast show 20260119_143052                  what failed, by cause, with the command that fixes each
  $ holdfast show 20260119_143052 claude:0f3c      one item: its steps, its error, its attempts, its files
  $ holdfast show 20260119_143052 0f3c --json      a part of the id is enough when no other item has it`;

const SHOWN_GROUPS = 100;

interface ShowFlags extends WorkspaceFlag {
  readonly json?: boolean;
}

/** `holdfast show <session> [item]` */
export function showCommand(): Command {
  return new Command("show")
    .description("show what failed in a session, or all that is known about one item")
    .argument("<session>", "the session's id")
    .argument("[item]", "the item's id, or a part of it")
    .option(...WORKSPACE_OPTION)
    .option("--json", "one JSON document on stdout")
    .addHelpText("after", EXAMPLES)
    .action(async (id: string, item: string | undefined, flags: ShowFlags) => {
      await (item === undefined ? showFailures(id, flags) : showItem(id, item, flags));
    });
}

async function showFailures(id: string, flags: ShowFlags): Promise<void> {
  const report = await reportSession(workspaceOf(flags), id);
  const { session, failures, failed } = report;
  if (flags.json) return print({ session, failures, failed });
  const [first] = failed;
  const lines =
    failures.length === 0
      ? ["No item failed."]
      : [
          `${countOf(session.counts.failed, "item")} failed, of ${countOf(failures.length, "cause")}:`,
          ...failureLines(session, failures, { most: SHOWN_GROUPS, evidence: true }),
          ...(first ? [`Run \`holdfast show ${id} ${first.itemId}\` to look at one of them.`] : []),
        ];
  console.log(
    [`Session ${id}: ${session.status}`, `  ${countsLine(session.counts)}`, ...lines, ...nextCommands(report)].join(
      "\n",
    ),
  );
}

async function showItem(id: string, text: string, flags: ShowFlags): Promise<void> {
  const workspace = workspaceOf(flags);
  const found = await reportItem(workspace, id, text);
  if (flags.json) return print(found);
  const { session } = await reportSession(workspace, id);
  console.log(found.map((details) => itemLines(details, session).join("\n")).join("\n\n"));
}

const print = (document: unknown): void => console.log(JSON.stringify(document, undefined, 2));
