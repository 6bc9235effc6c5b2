import { Command } from "commander";
import { reportDrift } from "../../chats/report/index.ts";
import { driftLines } from "../text/drift-lines.ts";
import { WORKSPACE_OPTION, workspaceOf, type WorkspaceFlag } from "../flags/workspace-flag.ts";
import { print } from "../terminal/print.ts";

const EXAMPLES = `
Examples:
  $ holdfast drift 20260119_143052                 what the import did not recognize
  $ holdfast drift 20260119_143052 --json > drift.json

The report names types and fields and counts them. It holds no text of a chat, so you can send it with a bug report.`;

interface DriftFlags extends WorkspaceFlag {
  readonly json?: boolean;
}

/** `holdfast drift <session>` */
export function driftCommand(): Command {
  return new Command("drift")
    .description("report what an import did not recognize in the chats, without any of their text")
    .argument("<session>", "the session's id")
    .option(...WORKSPACE_OPTION)
    .option("--json", "one JSON document on stdout")
    .addHelpText("after", EXAMPLES)
    .action(async (id: string, flags: DriftFlags) => {
      const report = await reportDrift(workspaceOf(flags), id);
      print(flags.json ? JSON.stringify(report, undefined, 2) : driftLines(report).join("\n"));
    });
}
