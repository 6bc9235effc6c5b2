import { Command } from "commander";
import type { ListedSession } from "../../core/session/index.ts";
import { resolveConfig } from "../../core/pipeline/config/index.ts";
import { isTry, listSessions, reportSession } from "../../run/reports/index.ts";
import { countsLine, summarize } from "../text/summary.ts";
import { print } from "../terminal/print.ts";

const EXAMPLES = `
Examples:
  $ holdfast status                          all sessions, the newest first
  $ holdfast status 20260119_143052          one of them, with what failed and why
  $ holdfast status 20260119_143052 --json`;

interface StatusFlags {
  readonly workspace?: string;
  readonly json?: boolean;
}

/** `holdfast status [id]` */
export function statusCommand(): Command {
  return new Command("status")
    .description("list the sessions, or show the state of one")
    .argument("[id]", "the session's id")
    .option("--workspace <folder>", "where sessions are (default: the nearest .holdfast)")
    .option("--json", "one JSON document on stdout")
    .addHelpText("after", EXAMPLES)
    .action(async (id: string | undefined, flags: StatusFlags) => {
      const { workspace } = resolveConfig(flags.workspace === undefined ? {} : { workspace: flags.workspace });
      if (id === undefined) {
        const sessions = await listSessions(workspace);
        show(flags, sessions.map(forJson), listText(sessions, workspace));
        return;
      }
      const report = await reportSession(workspace, id);
      show(flags, report, summarize(report));
    });
}

function show({ json }: StatusFlags, document: unknown, text: string): void {
  print(json ? JSON.stringify(document, undefined, 2) : text);
}

const forJson = ({ id, session, problem }: ListedSession): unknown => session ?? { id, problem: problem?.message };

function listText(sessions: readonly ListedSession[], workspace: string): string {
  if (sessions.length === 0) return `No sessions in ${workspace}.`;
  return sessions
    .map(({ id, session, problem }) =>
      session
        ? `${id}  ${session.status.padEnd(11)}  ${session.pipeline.name}${isTry(session) ? " (try)" : ""}  ${countsLine(session)}`
        : `${id}  ${problem?.code === "session_layout" ? "newer  " : "damaged"}      ${problem?.message}`,
    )
    .join("\n");
}
