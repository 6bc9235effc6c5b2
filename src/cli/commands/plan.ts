import { resolve } from "node:path";
import { Command } from "commander";
import type { DryRunResult } from "../../core/runner/index.ts";
import type { LedgerEntry } from "../../core/storage/index.ts";
import { importPipeline } from "../../chats/phases/index.ts";
import { planPipeline } from "../../run/index.ts";
import { fileState } from "../../stages/note/index.ts";
import { sameCommand } from "../text/next/same-command.ts";
import { addImportFlags, toImportOptions, type ImportFlags } from "../flags/import-flags.ts";
import { planText } from "../text/plan-text.ts";
import { formatCount } from "../text/report-text.ts";
import { toRunOptions } from "../flags/run-flags.ts";
import { settle } from "../flags/settings.ts";
import { openStatusLine } from "../text/status-line.ts";
import { print, printAside } from "../terminal/print.ts";

const EXAMPLES = `
Examples:
  $ holdfast plan chatgpt.zip --out notes --llm ollama:llama3.2
  $ holdfast plan ~/Downloads/exports --out notes --llm openai:gpt-5-mini --price 0.25,2
  $ holdfast plan claude-export.zip --out notes --json

A dry run: it reads the export, the notes and the cached answers, writes nothing and calls no model. It takes the
flags of \`holdfast import\`; those that end a run early or limit the time of a step have no effect.`;

/** `holdfast plan <export> --out <folder>` */
export function planCommand(): Command {
  return addImportFlags(new Command("plan"))
    .description("show what an import would do, and the calls, tokens, time and cost it would need; changes nothing")
    .addHelpText("after", EXAMPLES)
    .action(async (path: string, given: ImportFlags) => {
      const flags = await settle(given);
      const options = toImportOptions(path, flags, "plan");
      const { model, workspace, prices, useCache } = await toRunOptions(flags);
      const line = openStatusLine({ stream: process.stderr, env: process.env });
      try {
        const plan = await planPipeline(importPipeline(options), {
          kindOf,
          onElement: (looked, total) =>
            line.draw(() => `checked ${formatCount(looked)}${total === undefined ? "" : ` of ${formatCount(total)}`}`),
          ...(model && { model }),
          ...(workspace !== undefined && { workspace }),
          ...(prices && { prices }),
          ...(useCache !== undefined && { useCache }),
        });
        line.done();
        const command = sameCommand({ argv: process.argv, name: "import", without: ["--json"] });
        const text = planText(plan, { from: path, out: options.out, command, limit: flags.limit });
        if (flags.json) {
          const { export: input, out } = options;
          print(JSON.stringify({ export: input, out, ...plan }, undefined, 2));
          printAside(text);
        } else print(text);
      } finally {
        line.done();
        await model?.close?.();
      }
    });
}

/** What an item would become: a note that is not there yet, a newer version of ours, or one beside the user's. */
async function kindOf({ known }: DryRunResult): Promise<"new" | "grown" | "edited"> {
  if (known.length === 0) return "new";
  const states = await Promise.all(known.map(stateOf));
  return states.includes("edited") ? "edited" : "grown";
}

const stateOf = (entry: LedgerEntry): ReturnType<typeof fileState> =>
  fileState(resolve(entry.target, entry.path), entry);
