import { Command } from "commander";
import { retryFailed } from "../run/index.ts";
import { drive } from "./drive.ts";
import type { SetExitCode } from "./main.ts";
import { addRunFlags, type RunFlags } from "./run-flags.ts";
import { openSessionPipeline } from "./session-pipeline.ts";

const EXAMPLES = `
Examples:
  $ holdfast retry 20260119_143052                            all failed items
  $ holdfast retry 20260119_143052 --item claude:0f3c --item claude:77a1
  $ holdfast retry 20260119_143052 --llm ollama:qwen3         with another model

A failed item goes on at the step that failed. Elements that could not be read stay failed: mend the input and import it again.`;

interface RetryFlags extends RunFlags {
  readonly item?: readonly string[];
  readonly force?: boolean;
}

/** `holdfast retry <id>` */
export function retryCommand(exit: SetExitCode): Command {
  return addRunFlags(new Command("retry"))
    .description("try a session's failed items again")
    .argument("<id>", "the session's id")
    .option("--item <item...>", "only these items")
    .option("--force", "go on although the pipeline was changed since")
    .addHelpText("after", EXAMPLES)
    .action(async (id: string, given: RetryFlags) => {
      const { session, pipeline, flags, out } = await openSessionPipeline(id, given);
      const query = given.item === undefined ? {} : { itemIds: given.item };
      exit(
        await drive(
          async ({ say, ...options }) => {
            const outcome = await retryFailed(id, pipeline, { ...options, query, force: given.force ?? false });
            say(`${outcome.reopened} failed items were tried again.`);
            return outcome;
          },
          { flags, session, closing: () => (out === undefined ? undefined : `Notes: ${out}`) },
        ),
      );
    });
}
