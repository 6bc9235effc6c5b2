import { resolve } from "node:path";
import { Command, Option } from "commander";
import { HoldfastError } from "../index.ts";
import { runPipeline } from "../run/index.ts";
import { importPipeline, OnEdited } from "../phases/index.ts";
import { drive } from "./drive.ts";
import type { SetExitCode } from "./main.ts";
import { wholeNumber } from "./flag-values.ts";
import { addRunFlags, type RunFlags } from "./run-flags.ts";
import { addConfigFlags, settle, type ConfigFlags } from "./settings.ts";
import { storeOptions } from "./stored-options.ts";

const EXAMPLES = `
Examples:
  $ holdfast import claude-export.zip --out notes
  $ holdfast import conversations.json --out ~/vault/chats --llm ollama:llama3.2
  $ holdfast import ~/Downloads/data-2026-01-19 --out notes --min-messages 2

Only chats that are new or have grown are worked on when you import again. A note that you edited is never lost: by
default it stays as it is; with --on-edited sibling the newer version goes to "<name> (new).md" beside it; with --on-edited
overwrite it takes the name, and yours becomes "<name> (your version).md".`;

interface ImportFlags extends RunFlags, ConfigFlags {
  readonly out?: string;
  readonly minMessages?: number;
  readonly onEdited?: OnEdited;
}

/** `holdfast import <export> --out <folder>` */
export function importCommand(exit: SetExitCode): Command {
  return addConfigFlags(addRunFlags(new Command("import")))
    .description("turn exported Claude chats into Markdown notes")
    .argument("<export>", "the export: a zip, a folder, or a JSON file")
    .option("--out <folder>", "where the notes go (required)")
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
      const { minMessages = 3, onEdited = OnEdited.keep } = flags;
      const options = { export: resolve(path), out: resolve(requiredOut(flags, path)), minMessages, onEdited };
      const pipeline = importPipeline(options);
      exit(
        await drive(
          ({ begun, ...runOptions }) =>
            runPipeline(pipeline, {
              ...runOptions,
              sessionOptions: storeOptions(flags, options),
              onSession: begun,
            }),
          { flags, closing: () => `Notes: ${options.out}` },
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
