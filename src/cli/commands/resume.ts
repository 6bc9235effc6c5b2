import { Command } from "commander";
import { resumeSession } from "../../run/index.ts";
import { drive } from "../terminal/drive.ts";
import type { SetExitCode } from "../terminal/exit-code.ts";
import { addRunFlags, type RunFlags } from "../flags/run-flags.ts";
import { exclusiveFolderOf, openSessionPipeline } from "../flags/session-pipeline.ts";
import { showPath } from "../text/show-path.ts";

const EXAMPLES = `
Examples:
  $ holdfast resume 20260119_143052
  $ holdfast resume 20260119_143052 --force    although the pipeline's steps were changed
  $ holdfast resume 20260119_143052 --redis redis://queue:6379    go on with workers
  $ holdfast resume 20260119_143052 --engine local                take its items back from them

What is done stays done. What was in flight when the run stopped is done again.`;

/** `holdfast resume <id>` */
export function resumeCommand(exit: SetExitCode): Command {
  return addRunFlags(new Command("resume"), { goesOn: true })
    .description("continue a session that was stopped or killed")
    .argument("<id>", "the session's id")
    .option("--force", "continue although the pipeline has changed since, or the workers' queue cannot be reached")
    .addHelpText("after", EXAMPLES)
    .action(async (id: string, given: RunFlags & { readonly force?: boolean }) => {
      const { session, pipeline, flags, out } = await openSessionPipeline(id, given);
      exit(
        await drive(
          ({ say: _say, ...options }) =>
            resumeSession(id, pipeline, { ...options, ...exclusiveFolderOf(out), force: given.force ?? false }),
          {
            flags,
            session,
            closing: () => (out === undefined ? undefined : `Notes: ${showPath(out)}`),
          },
        ),
      );
    });
}
