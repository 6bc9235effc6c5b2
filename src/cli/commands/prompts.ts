import { Command } from "commander";
import { writeDefaultPrompts } from "../../chats/transform/prompts/index.ts";
import { showPath } from "../text/show-path.ts";
import { print } from "../terminal/print.ts";

const AFTER = `
Examples:
  $ holdfast prompts my-prompts
  $ holdfast import claude-export.zip --out notes --llm ollama:llama3.2 --prompts my-prompts

Each file replaces the default of the same name; leave out those that you do not change. Words in braces, such as
{conversation}, are filled in. Existing files are left alone.`;

/** `holdfast prompts <folder>` */
export function promptsCommand(): Command {
  return new Command("prompts")
    .description("write the default prompts into a folder, to edit them for `import --prompts`")
    .argument("<folder>", "where they go; created if it is missing")
    .addHelpText("after", AFTER)
    .action((folder: string) => {
      const written = writeDefaultPrompts(folder);
      const lines = written.map((path) => `Wrote ${showPath(path)}`);
      print(lines.length === 0 ? `All prompts are in ${showPath(folder)} already.` : lines.join("\n"));
    });
}
