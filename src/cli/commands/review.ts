import { Command, Option } from "commander";
import { HoldfastError } from "../../core/failure/index.ts";
import { AnswerForm } from "../../chats/transform/prompts/index.ts";
import { listReview, type ReviewItem } from "../../run/reports/index.ts";
import type { ExitCode } from "../terminal/exit-code.ts";
import type { SetExitCode } from "../terminal/exit-code.ts";
import { acceptReview } from "./review-accept.ts";
import { redoReview, type RedoFlags } from "./review-redo.ts";
import { findReview, reviewLines, reviewListText } from "../text/review-text.ts";
import { addRunFlags } from "../flags/run-flags.ts";
import { atWorkspace } from "../text/at-workspace.ts";
import { WORKSPACE_OPTION, workspaceOf, type WorkspaceFlag } from "../flags/workspace-flag.ts";
import { print } from "../terminal/print.ts";

const EXAMPLES = `
Examples:
  $ holdfast review list                                   all notes that wait for you, with the reason
  $ holdfast review show claude:0f3c                       one of them: its chat, its reason, the thresholds
  $ holdfast review accept claude:0f3c                     it is good as it is, or as you edited it
  $ holdfast review redo claude:0f3c --llm ollama:qwen3    make it again with another model
  $ holdfast review redo --all --prompts my-prompts        all of them with prompts of your own

A note that passes leaves the review folder and goes to the others.`;

interface ReviewFlags extends WorkspaceFlag {
  readonly session?: string;
  readonly json?: boolean;
}

const SESSION_OPTION = ["--session <id>", "only this session's notes (default: all sessions)"] as const;

/** `holdfast review list|show|accept|redo` */
export function reviewCommand(exit: SetExitCode): Command {
  return new Command("review")
    .description("list, show, accept and redo the notes that need your review")
    .addCommand(listCommand())
    .addCommand(showCommand())
    .addCommand(acceptCommand())
    .addCommand(redoCommand(exit))
    .addHelpText("after", EXAMPLES);
}

function listCommand(): Command {
  return new Command("list")
    .description("the notes that wait in review folders, with the reason")
    .option(...SESSION_OPTION)
    .option(...WORKSPACE_OPTION)
    .option("--json", "one JSON document on stdout")
    .action(async (flags: ReviewFlags) => {
      const { session } = flags;
      const workspace = workspaceOf(flags);
      const items = await listReview(workspace, { session });
      const where = { at: atWorkspace(workspace), session };
      print(flags.json ? JSON.stringify({ items }, undefined, 2) : reviewListText(items, where));
    });
}

function showCommand(): Command {
  return new Command("show")
    .description("one note: why it is in review, where it is, its chat, and what the thresholds were")
    .argument("<item>", "the item's id, a part that no other one has, or the note's file")
    .option(...SESSION_OPTION)
    .option(...WORKSPACE_OPTION)
    .option("--json", "one JSON document on stdout")
    .action(async (text: string, flags: ReviewFlags) => {
      const workspace = workspaceOf(flags);
      const { session } = flags;
      const listed = await listReview(workspace, { session });
      const where = { workspace, listed, at: atWorkspace(workspace), session };
      const { document, lines } = await reviewLines(findReview(listed, text), where);
      print(flags.json ? JSON.stringify(document, undefined, 2) : lines.join("\n"));
    });
}

function acceptCommand(): Command {
  return new Command("accept")
    .description("move notes as they are, your edits included, out of review to the other notes")
    .argument("[items...]", "ids, parts that no other one has, or files of notes")
    .option("--all", "all notes in review")
    .option(...SESSION_OPTION)
    .option(...WORKSPACE_OPTION)
    .option("--json", "one JSON document on stdout")
    .action(async (texts: readonly string[], flags: ReviewFlags & { readonly all?: boolean }) => {
      const workspace = workspaceOf(flags);
      await acceptReview(await chosen(texts, flags, "accept"), { workspace, json: flags.json });
    });
}

function redoCommand(exit: SetExitCode): Command {
  return addRunFlags(
    new Command("redo")
      .description("make notes again in their sessions, perhaps with another model or other prompts")
      .argument("[items...]", "ids, parts that no other one has, or files of notes")
      .optionsGroup("Which notes, and how:")
      .option("--all", "all notes in review")
      .option(...SESSION_OPTION)
      .option("--language <name>", "the language of the notes")
      .option("--prompts <folder>", "prompts of your own")
      .addOption(new Option("--answer <form>", "form of the model's answers").choices(Object.values(AnswerForm))),
    { embeds: false },
  ).action(async (texts: readonly string[], flags: RedoFlags) => exit(await redo(texts, flags)));
}

async function redo(texts: readonly string[], flags: RedoFlags): Promise<ExitCode> {
  return redoReview(await chosen(texts, flags, "make again"), flags);
}

/** The notes that were named, or all of them. */
async function chosen(
  texts: readonly string[],
  flags: ReviewFlags & { readonly all?: boolean },
  what: string,
): Promise<readonly ReviewItem[]> {
  if ((texts.length === 0) !== (flags.all === true)) {
    throw new HoldfastError("usage", `Expected the notes to ${what}, or --all.`, {
      hint: { kind: "list_review" },
    });
  }
  const listed = await listReview(workspaceOf(flags), { session: flags.session });
  return flags.all ? listed : [...new Set(texts.map((text) => findReview(listed, text)))];
}
