import { Command } from "commander";
import { runPipeline } from "../../run/index.ts";
import { importPipeline } from "../../chats/phases/index.ts";
import { drive } from "../terminal/drive.ts";
import { estimateText, withEstimate } from "../text/estimate.ts";
import { withoutEmbed } from "../flags/choose-embedding.ts";
import { addImportFlags, toImportOptions, type ImportFlags } from "../flags/import-flags.ts";
import type { SetExitCode } from "../terminal/exit-code.ts";
import { quickEstimate } from "../text/quick-estimate.ts";
import { settle } from "../flags/settings.ts";
import { sameCommand } from "../text/next/same-command.ts";
import { showPath } from "../text/show-path.ts";
import { storeOptions } from "../flags/stored-options.ts";

const EXAMPLES = `
Examples:
  $ holdfast import claude-export.zip --out notes                    no model, no network
  $ holdfast import chatgpt.zip --out ~/vault/chats --llm ollama:llama3.2
  $ holdfast import ~/Downloads/exports --out notes                  every Claude and ChatGPT export in the folder
  $ holdfast import ~/src/blog --out notes --from jekyll             when its kind cannot be detected
  $ holdfast try chatgpt.zip --llm ollama:llama3.2                   five chats first: what comes out, what all would take
  $ holdfast plan chatgpt.zip --out notes --llm ollama:llama3.2      what it would do and cost; changes nothing

When you import again, only chats that are new or have grown are processed. A note that you edited is never lost: by
default it stays as it is; with --on-edited sibling the newer version goes to "<name> (new).md" beside it; with --on-edited
overwrite it takes the name, and yours becomes "<name> (your version).md".
Ctrl-C stops the run and prints the command that resumes it. Exit codes: \`holdfast --help\`.`;

/** The command that says what this one would do. */
const planCommand = (): string => sameCommand({ argv: process.argv, name: "plan", without: ["--json"] });

/** `holdfast import <export> --out <folder>` */
export function importCommand(exit: SetExitCode): Command {
  return addImportFlags(new Command("import"))
    .description("turn exported Claude and ChatGPT chats, Markdown folders and Jekyll blogs into Markdown notes")
    .addHelpText("after", EXAMPLES)
    .action(async (path: string, given: ImportFlags) => {
      const flags = withoutEmbed(await settle(given));
      const options = toImportOptions(path, flags, "import");
      const pipeline = importPipeline(options);
      exit(
        await drive(
          async ({ begun, say, ...runOptions }) => {
            const looked = await quickEstimate(pipeline, runOptions);
            const estimate = looked === "late" ? undefined : looked;
            if (looked === "late") say(`No estimate: it would take too long. \`${planCommand()}\` makes one.`);
            if (estimate) say(`Estimate: ${estimateText(estimate)}. Run \`${planCommand()}\` for details.`);
            return runPipeline(pipeline, {
              ...runOptions,
              exclusiveFolder: options.out,
              sessionOptions: withEstimate(storeOptions(flags, options), estimate),
              onSession: begun,
            });
          },
          { flags, closing: () => `Notes: ${showPath(options.out)}` },
        ),
      );
    });
}
