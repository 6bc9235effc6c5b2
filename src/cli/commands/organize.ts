import { resolve } from "node:path";
import { Command, Option } from "commander";
import { HoldfastError } from "../../core/failure/index.ts";
import { resolveConfig } from "../../core/pipeline/index.ts";
import { OnConflict } from "../../chats/load/vault/index.ts";
import { organizePipeline } from "../../chats/phases/index.ts";
import type { OrganizeSettings } from "../../chats/transform/classify/index.ts";
import { runPipeline } from "../../run/index.ts";
import { drive } from "../terminal/drive.ts";
import { ExitCode, exitCodeOfOutcome } from "../terminal/exit-code.ts";
import type { SetExitCode } from "../terminal/exit-code.ts";
import { ask, assertCanAsk } from "../terminal/ask.ts";
import { countToDo, previewTable } from "../text/organize-table.ts";
import { isWhole, previewOrganize, type Preview } from "./organize-preview.ts";
import type { StoredOrganize } from "../flags/stored-organize.ts";
import { undoOrganize } from "./organize-undo.ts";
import { goOnWithPreview } from "../text/next/go-on-with-preview.ts";
import { limitsLeft } from "../flags/limits-left.ts";
import { workspaceOf } from "../flags/workspace-flag.ts";
import { atWorkspace } from "../text/at-workspace.ts";
import { countOf } from "../text/report-text.ts";
import { withoutEmbed } from "../flags/choose-embedding.ts";
import { addRunFlags, type RunFlags } from "../flags/run-flags.ts";
import { addConfigFlags, settle, type ConfigFlags } from "../flags/settings.ts";
import { showPath } from "../text/show-path.ts";
import { storeOptions } from "../flags/stored-options.ts";
import { print, printAside } from "../terminal/print.ts";

const EXAMPLES = `
Examples:
  $ holdfast organize notes --vault ~/vault --dry-run           what would be done, as a table
  $ holdfast organize notes --vault ~/vault                     the same, then asks, then moves
  $ holdfast organize notes --vault ~/vault --yes --copy        copies without asking
  $ holdfast organize notes --vault ~/vault --llm ollama:llama3.2
  $ holdfast organize --undo 20260119_143052                    puts back what that session moved

The rules are in holdfast.config.ts; the first one that matches decides, and a model sees only the notes that none matches:
  export default { organize: { rules: [
    { genre: "engineering", topic: "databases", when: { tags: ["sql", "postgres"] } },
    { genre: "daily-life", when: { words: ["recipe", "travel"] } },
  ] } };
No file is ever lost: a file in a note's place is left alone, unless --on-conflict says otherwise.`;

interface OrganizeFlags extends RunFlags, ConfigFlags {
  readonly vault?: string;
  readonly copy?: boolean;
  readonly onConflict: OnConflict;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly undo?: string;
}

/** `holdfast organize <folder> --vault <folder>` */
export function organizeCommand(exit: SetExitCode): Command {
  return addConfigFlags(addRunFlags(new Command("organize"), { embeds: false }))
    .description("sort Markdown notes into the folders of a vault, by genre and topic")
    .argument("[folder]", "the folder that the notes are in, with its sub-folders")
    .option("--vault <folder>", "where the notes go (required)")
    .option("--copy", "copy the notes; without it they are moved")
    .addOption(
      new Option(
        "--on-conflict <how>",
        "when another file is in a note's place: leave the note, number it, or set the other aside",
      )
        .choices(Object.values(OnConflict))
        .default(OnConflict.skip),
    )
    .option("--dry-run", "show what would be done, and change nothing")
    .option("--yes", "do it without asking")
    .option("--undo <session>", "put back what a session moved")
    .addHelpText("after", EXAMPLES)
    .action(async (folder: string | undefined, given: OrganizeFlags) => {
      if (given.undo === undefined) return exit(await organize(folder, given));
      const { workspace } = resolveConfig(given.workspace === undefined ? {} : { workspace: given.workspace });
      return exit(await undoOrganize(given.undo, { workspace, json: given.json ?? false }));
    });
}

async function organize(folder: string | undefined, given: OrganizeFlags): Promise<ExitCode> {
  const flags = withoutEmbed(await settle(given));
  const options = optionsOf(folder, flags);
  if (!flags.dryRun && !flags.yes) assertCanAsk();
  const preview = await previewOrganize(options, flags);
  const table = previewTable(preview.rows);
  if (flags.json && !flags.dryRun) printAside(table);
  else if (!flags.json) print(table);

  const toDo = countToDo(preview.rows);
  if (!isWhole(preview.outcome) || flags.dryRun || toDo === 0) return endOfPreview(preview, toDo, flags);
  const verb = options.kind === "copy" ? "Copy" : "Move";
  if (!flags.yes && !(await ask(`${verb} ${countOf(toDo, "note")} to ${showPath(options.vault)}?`))) {
    printAside("Nothing was changed.");
    return ExitCode.done;
  }
  // The answers of the preview are what its user said yes to: the run asks for none of them again.
  const { cache: _, ...others } = flags;
  return carryOut(options, limitsLeft(others, preview.used));
}

async function carryOut(options: StoredOrganize, flags: RunFlags): Promise<ExitCode> {
  const { workspace } = resolveConfig(flags.workspace === undefined ? {} : { workspace: flags.workspace });
  const pipeline = organizePipeline({ ...options, workspace });
  return drive(
    ({ begun, say: _say, ...runOptions }) =>
      runPipeline(pipeline, {
        ...runOptions,
        sessionOptions: storeOptions(flags, undefined, options),
        onSession: begun,
      }),
    {
      flags,
      closing: ({ session }) =>
        `Vault: ${showPath(options.vault)}\nRun \`holdfast organize --undo ${session.id}${atWorkspace(workspace)}\` to put everything back.`,
    },
  );
}

/** Ends after the preview: it was a dry run, there is nothing to do, or it was stopped. */
function endOfPreview(
  { rows, outcome }: Preview,
  toDo: number,
  { json, dryRun, ...flags }: Pick<OrganizeFlags, "json" | "dryRun" | "workspace">,
): ExitCode {
  const { cause, session } = outcome;
  const exitCode = cause === undefined && toDo > 0 && dryRun ? ExitCode.done : exitCodeOfOutcome(outcome);
  if (json) print(JSON.stringify({ rows, exitCode }, undefined, 2));
  if (cause !== undefined && !isWhole(outcome)) {
    const command = goOnWithPreview(process.argv, cause);
    printAside(`Stopped in the preview: ${cause.message}. Nothing was changed; answers are cached.`);
    printAside(`Run \`${command}\` to go on; what was answered is not asked again.`);
    return exitCode;
  }
  if (cause !== undefined) printAside(`There may be more: ${cause.message}.`);
  if (session.counts.failed > 0) {
    printAside(`Run \`holdfast show ${session.id}${atWorkspace(workspaceOf(flags))}\` to see what failed.`);
  }
  printAside(toDo > 0 ? "Nothing was changed." : "There is nothing to organize.");
  return exitCode;
}

function optionsOf(
  folder: string | undefined,
  flags: Omit<OrganizeFlags, "config"> & { readonly organize?: OrganizeSettings },
): StoredOrganize {
  const { vault, copy, onConflict, organize: settings = {}, llm = "extractive", model } = flags;
  if (folder === undefined || vault === undefined) {
    throw new HoldfastError("usage", "Expected a folder of notes, and --vault <folder>: where they go.", {
      hint: "For example: holdfast organize notes --vault vault --dry-run",
    });
  }
  if (llm === "extractive" && model === undefined && (settings.rules ?? []).length === 0) {
    throw new HoldfastError("usage", "There are no rules to organize by, and no model to ask.", {
      hint: `Nothing was changed. Put rules into holdfast.config.ts, such as
  export default { organize: { rules: [{ genre: "engineering", when: { tags: ["sql"] } }] } };
or name a model that chooses the genres: --llm ollama:llama3.2`,
    });
  }
  const kind = copy ? "copy" : "move";
  return { folder: resolve(folder), vault: resolve(vault), kind, onConflict, settings, preview: false };
}
