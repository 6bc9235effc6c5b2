import {
  ADDRESSES,
  sentences,
  waitOr,
  wordHint,
  type HintOf,
  type HintTable,
  type Hint,
} from "../../core/failure/index.ts";

import { itemWord } from "./escape/item-word.ts";

export interface HintTextOptions {
  /** What follows a command that looks into a workspace: ` --workspace <folder>`, or nothing for the default one. */
  readonly workspaceFlag?: string;
}

/** A hint for a person at a terminal, with the command to paste. */
export const hintForTerminal = (hint: Hint, { workspaceFlag = "" }: HintTextOptions = {}): string =>
  wordHint(hint, tableFor(workspaceFlag));

export const LIMIT_FLAGS: Readonly<Record<HintOf<"raise_limit">["limit"], string>> = {
  failOnError: "--fail-on-error",
  maxConsecutiveFailures: "--max-consecutive-failures",
  maxCost: "--max-cost",
  maxTokens: "--max-tokens",
};

const tableFor = (at: string): HintTable => ({
  raise_limit: ({ limit, to, sessionId }) =>
    `Run \`holdfast resume ${sessionId} ${LIMIT_FLAGS[limit]} ${to}${at}\` to go on with a higher limit; what is done is not done again.`,
  take_next: ({ limit, sessionId }) =>
    `Run \`holdfast resume ${sessionId} --limit ${limit}${at}\` to process the next ones.`,
  more_time: ({ limit, to, sessionId }) =>
    to === ""
      ? `Run \`holdfast resume ${sessionId}${at}\` to go on from here; what is done is not done again.`
      : `Run \`holdfast resume ${sessionId} ${limit === "until" ? "--until" : "--max-time"} ${to}${at}\` to go on ${limit === "until" ? `until ${to}` : "for as long again"}; what is done is not done again.`,
  resume: ({ sessionId }) => `Run \`holdfast resume ${sessionId}${at}\` to process its items.`,
  force_resume: () =>
    "Nothing was changed. If the results of the finished steps are still valid, run the same command with --force; else start a new session.",
  wait_or_cancel: ({ sessionId, host, next }) =>
    // Its command line may be another's, or a program; cancel finds the process by itself.
    waitOr(sessionId === undefined ? "with Ctrl-C there" : `with \`holdfast cancel ${sessionId}${at}\``, {
      host,
      next,
    }),
  list_sessions: ({ otherWorkspace }) =>
    `Run \`holdfast status${at}\` to list the sessions${otherWorkspace ? "; `--workspace <folder>` names another workspace" : ""}.`,
  show_failed: ({ sessionId }) =>
    `Run \`holdfast show ${sessionId}${at}\` to see the failed items with their ids; a note has its item's id as \`source_id\`.`,
  show_item: ({ sessionId, itemId }) =>
    `Nothing was changed. Run \`holdfast show ${sessionId} ${itemWord(itemId)}${at}\` to see what became of it.`,
  give_price: () => "Set it with --price <input,output> per million tokens; 0,0 for a model of your own.",
  reclaim_items: ({ sessionId }) =>
    `Nothing was changed. Resume with the workers, or take the items back: holdfast resume ${sessionId} --engine local${at}`,
  reclaim_before_move: ({ sessionId }) =>
    `Nothing was changed. Take them back first with \`holdfast resume ${sessionId} --engine local${at}\`, then resume at the new address.`,
  reclaim_by_force: ({ sessionId }) =>
    `Nothing was changed. Start the database, or resume without it: holdfast resume ${sessionId} --engine local --force${at}. Work that the workers did not hand over is then done, and paid for, again.`,
  allow_volatile: () =>
    "Start it with `--appendonly yes --maxmemory-policy noeviction`, or continue with --allow-volatile: the session loses no results, but work that was in the queue is done again.",
  give_queue: ({ example }) => `For example: --redis ${example}`,
  give_other_folder: () => "Give another folder with --out.",
  import_documents: () => "To import its notes as documents into another folder, use --from markdown.",
  name_provider: ({ providers }) =>
    `Give the zip file that the service sent, the folder you unpacked it to, or its conversations.json. If you know which service it came from, name it with --from ${providers.join("|")}.`,
  write_default_prompts: ({ before, purpose }) =>
    sentences(before, `\`holdfast prompts <folder>\` writes the defaults to ${purpose}.`),
  list_review: () => `Nothing was changed. Run \`holdfast review list${at}\` to list the notes in review.`,
  smaller_context: () => "If memory is short, choose a smaller file or a smaller context (--num-ctx).",
  give_model_file: () => "Give the path of a .gguf file, such as --llm gguf:models/llama-3.2-3b-q4_k_m.gguf",
  build_llama: () =>
    "Run `npx node-llama-cpp source download` to build it for this machine, or use Ollama: --llm ollama:<model>",
  start_ollama: () =>
    "Is Ollama running? Start it with `ollama serve`, or set its address with --ollama-url or OLLAMA_HOST.",
  start_openai_server: () =>
    "Is the server running, and is the address right? Set the address with --openai-url or OPENAI_BASE_URL.",
  give_model_address: ({ server, source }) =>
    `It came from ${source === "given" ? `--${server}-url` : ADDRESSES[server][source]}. ${ADDRESSES[server].form}`,
  fix_config: () => "Nothing was run. Fix the file, or run without it: --no-config",
  choose_config: ({ file }) => `Remove one of them, or say which one you mean: --config ${file}`,
  name_config: () => "Name the file with your settings: --config holdfast.config.ts",
});
