import { resolve } from "node:path";
import { Command } from "commander";
import { runPipeline } from "../../run/index.ts";
import { drive } from "../terminal/drive.ts";
import type { SetExitCode } from "../terminal/exit-code.ts";
import { loadPipeline } from "../flags/load-pipeline.ts";
import { addRunFlags, type RunFlags } from "../flags/run-flags.ts";
import { addConfigFlags, settle, type ConfigFlags } from "../flags/settings.ts";
import { storeOptions } from "../flags/stored-options.ts";

const EXAMPLES = `
Examples:
  $ holdfast run summaries.ts                          the built-in extractive engine, no model
  $ holdfast run summaries.ts --llm ollama:llama3.2    a local model
  $ holdfast run summaries.ts --debug --json           keep logs and dumps, print JSON`;

/** `holdfast run <pipeline>` */
export function runCommand(exit: SetExitCode): Command {
  return addConfigFlags(addRunFlags(new Command("run")))
    .description("run a pipeline file in a new session")
    .argument("<pipeline>", "a TypeScript or JavaScript file that exports a pipeline as its default")
    .addHelpText("after", EXAMPLES)
    .action(async (file: string, given: RunFlags & ConfigFlags) => {
      const flags = await settle(given);
      const pipeline = await loadPipeline(file);
      exit(
        await drive(
          ({ begun, ...options }) =>
            runPipeline(pipeline, {
              ...options,
              pipelinePath: resolve(file),
              sessionOptions: storeOptions(flags),
              onSession: begun,
            }),
          { flags },
        ),
      );
    });
}
