import { resolve } from "node:path";
import { Command, Option } from "commander";
import { HoldfastError } from "../index.ts";
import { runPipeline } from "../run/index.ts";
import { Branches, ChatSource, importPipeline, OnEdited } from "../phases/index.ts";
import { drive } from "./drive.ts";
import type { SetExitCode } from "./main.ts";
import { wholeNumber } from "./flag-values.ts";
import { addRunFlags, type RunFlags } from "./run-flags.ts";
import { addConfigFlags, settle, type ConfigFlags } from "./settings.ts";
import { showPath } from "./show-path.ts";
import { storeOptions } from "./stored-options.ts";

const EXAMPLES = `
Examples:
  $ holdfast import claude-export.zip --out notes
  $ holdfast import conversations.json --out ~/vault/chats --llm ollama:llama3.2
  $ holdfast import ~/Downloads/data-2026-01-19 --out notes --min-messages 2
  $ holdfast import ~/Downloads/exports --out notes             every Claude and ChatGPT export in the folder
  $ holdfast import ~/src/blog --out notes --from jekyll        when what it is cannot be told

Only chats that are new or have grown are worked on when you import again. A note that you edited is never lost: by
default it stays as it is; with --on-edited sibling the newer version goes to "<name> (new).md" beside it; with --on-edited
overwrite it takes the name, and yours becomes "<name> (your version).md".`;

interface ImportFlags extends RunFlags, ConfigFlags {
  readonly out?: string;
  readonly from?: ChatSource;
  readonly branches?: Branches;
  readonly minMessages?: number;
  readonly onEdited?: OnEdited;
}

/** `holdfast import <export> --out <folder>` */
export function importCommand(exit: SetExitCode): Command {
  return addConfigFlags(addRunFlags(new Command("import")))
    .description("turn exported Claude and ChatGPT chats, Markdown folders and Jekyll blogs into Markdown notes")
    .argument("<export>", "the export: a zip, a folder, or a JSON file")
    .option("--out <folder>", "where the notes go (required)")
    .addOption(
      new Option("--from <source>", "what the export is (default: what is found in it)").choices(
        Object.values(ChatSource),
      ),
    )
    .addOption(
      new Option(
        "--branches <which>",
        "of a chat with edited or repeated messages: the branch that the service shows, or all (default: current)",
      ).choices(Object.values(Branches)),
    )
    .option("--min-messages <n>", "leave out chats with fewer messages (default: 3)", wholeNumber)
    .addOption(
      new Option(
        "--on-edited <how>",
        "newer content for a note that you edited: keep yours, write a sibling, or overwrite (default: keep)",
      ).choices(Object.values(OnEdited)),
    )
    .addHelpText("after", EXAMPLES)
    .action(async (path: string, given: ImportFlags) => {
      const flags = await settle(given);
      const { from, branches, minMessages = 3, onEdited = OnEdited.keep } = flags;
      const out = resolve(requiredOut(flags, path));
      const options = { export: resolve(path), from, branches, out, minMessages, onEdited };
      const pipeline = importPipeline(options);
      exit(
        await drive(
          ({ begun, ...runOptions }) =>
            runPipeline(pipeline, {
              ...runOptions,
              sessionOptions: storeOptions(flags, options),
              onSession: begun,
            }),
          { flags, closing: () => `Notes: ${showPath(options.out)}` },
        ),
      );
    });
}

function requiredOut({ out }: Pick<ImportFlags, "out">, path: string): string {
  if (out !== undefined) return out;
  throw new HoldfastError("usage", "Expected --out <folder>: where the notes go.", {
    hint: `For example: holdfast import ${path} --out notes`,
  });
}
