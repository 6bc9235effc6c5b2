import { Command } from "commander";
import { reportDrift } from "../../chats/report/index.ts";
import { driftLines } from "../text/drift-lines.ts";
import { WORKSPACE_OPTION, workspaceOf, type WorkspaceFlag } from "../flags/workspace-flag.ts";

const EXAMPLES = `
Examples:
  $ holdfast drift 20260119_143052                 what the import met and did not know
  $ holdfast drift 20260119_143052 --json > drift.json

The report names types and fields and counts them. No text of a chat is in it: it is made to be sent with a bug report.`;

interface DriftFlags extends WorkspaceFlag {
  readonly json?: boolean;
}

/** `holdfast drift <session>` */
export function driftCommand(): Command {
  return new Command("drift")
    .description("report what an import met in the chats and did not know, without any text of them")
    .argument("<session>", "the session's id")
    .option(...WORKSPACE_OPTION)
    .option("--json", "one JSON document on stdout")
    .addHelpText("after", EXAMPLES)
    .action(async (id: string, flags: DriftFlags) => {
      const report = await reportDrift(workspaceOf(flags), id);
      console.log(flags.json ? JSON.stringify(report, undefined, 2) : driftLines(report).join("\n"));
    });
}
