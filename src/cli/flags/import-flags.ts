import { resolve } from "node:path";
import { Option, type Command } from "commander";
import type { HoldfastConfig } from "../../config/index.ts";
import { HoldfastError } from "../../core/failure/index.ts";
import { ChatSource } from "../../chats/extract/chats/index.ts";
import { Branches } from "../../chats/extract/conversation-format.ts";
import { AnswerForm } from "../../chats/transform/prompts/index.ts";
import { OnEdited } from "../../stages/load/markdown/index.ts";
import { Layout } from "../../stages/note/index.ts";
import { wholeNumberOrZero } from "./flag-values.ts";
import { addRunFlags, type RunFlags } from "./run-flags.ts";
import { addConfigFlags, type ConfigFlags } from "./settings.ts";
import type { StoredOptions } from "./stored-options.ts";

/** The flags of `import` and `plan`, and of `try` for an export. */
export interface ImportFlags extends RunFlags, ConfigFlags {
  readonly out?: string;
  readonly from?: ChatSource;
  readonly branches?: Branches;
  readonly minMessages?: number;
  readonly onEdited?: OnEdited;
  readonly layout?: Layout;
  readonly language?: string;
  readonly prompts?: string;
  readonly answer?: AnswerForm;
}

export const addImportFlags = (command: Command): Command =>
  addImportOptions(command.argument("<export>", "the export: a zip, a folder, or a JSON file"));

/** The same without what is imported. `outHelp` is said of `--out`. */
export function addImportOptions(command: Command, outHelp = "where the notes go (required)"): Command {
  command
    .optionsGroup("What is read:")
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
    .option(
      "--min-messages <n>",
      "leave out chats with fewer messages; 0 keeps all but empty ones (default: 3)",
      wholeNumberOrZero,
    )
    .optionsGroup("What is written:")
    .option("--out <folder>", outHelp)
    .addOption(
      new Option(
        "--layout <how>",
        "where new notes go: all in one folder, 2026/2026-01/, or claude/ (default: flat); existing notes stay where they are",
      ).choices(Object.values(Layout)),
    )
    .addOption(
      new Option(
        "--on-edited <how>",
        "newer content for a note that you edited: keep yours, write a sibling, or overwrite (default: keep)",
      ).choices(Object.values(OnEdited)),
    )
    .option("--language <name>", "the language of the notes, such as Japanese (default: that of each chat)")
    .option("--prompts <folder>", "prompts of your own; `holdfast prompts <folder>` writes the defaults to start from")
    .addOption(
      new Option("--answer <form>", "form of the model's answers (default: markdown)").choices(
        Object.values(AnswerForm),
      ),
    );
  return addConfigFlags(addRunFlags(command, { embeds: false }));
}

/** The import options from the flags. Throws a `HoldfastError` (`usage`) when `--out` is missing. */
export function toImportOptions(
  path: string,
  flags: Omit<ImportFlags, "config"> & Pick<HoldfastConfig, "quality">,
  command: "import" | "plan",
): NonNullable<StoredOptions["import"]> {
  const { from, branches, minMessages = 3, onEdited = OnEdited.keep, layout = Layout.flat } = flags;
  const out = resolve(requiredOut(flags, path, command));
  const { language, answer, quality } = flags;
  const prompts = flags.prompts === undefined ? undefined : resolve(flags.prompts);
  const asking = { language, prompts, answer, quality };
  return { export: resolve(path), from, branches, out, minMessages, onEdited, layout, ...asking };
}

function requiredOut({ out }: Pick<ImportFlags, "out">, path: string, command: string): string {
  if (out !== undefined) return out;
  throw new HoldfastError("usage", "Expected --out <folder>: where the notes go.", {
    hint: `For example: holdfast ${command} ${path} --out notes`,
  });
}
