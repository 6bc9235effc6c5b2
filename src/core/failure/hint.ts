/** The data of each kind of hint; its text depends on where it is shown. */
export interface HintData {
  /** A limit was reached: `to` is a higher limit, above what the items in flight have used. */
  raise_limit: {
    readonly limit: "failOnError" | "maxConsecutiveFailures" | "maxCost" | "maxTokens";
    readonly to: number | string;
    readonly sessionId: string;
  };
  /** The run started as many items as its limit allows. */
  take_next: { readonly limit: number; readonly sessionId: string };
  /** The time of the run is over. `to` is as much time again, or nothing for a date that is past. */
  more_time: { readonly limit: "maxTime" | "until"; readonly to: string; readonly sessionId: string };
  resume: { readonly sessionId: string };
  force_resume: { readonly sessionId: string };
  /** Another process is at it: `sessionId` as far as it is known, `host` when that is another machine. */
  wait_or_cancel: { readonly sessionId?: string; readonly host?: string; readonly next: "resume" | "run again" };
  list_sessions: { readonly otherWorkspace: boolean };
  show_failed: { readonly sessionId: string };
  /** How an item stands. */
  show_item: { readonly sessionId: string; readonly itemId: string };
  give_price: object;
  /** Items are with workers. */
  reclaim_items: { readonly sessionId: string };
  reclaim_before_move: { readonly sessionId: string };
  reclaim_by_force: { readonly sessionId: string };
  allow_volatile: object;
  give_queue: { readonly example: string };
  give_other_folder: object;
  import_documents: object;
  name_provider: { readonly providers: readonly string[] };
  write_default_prompts: { readonly before?: string; readonly purpose: "start from" | "compare with" };
  list_review: object;
  smaller_context: object;
  give_model_file: object;
  build_llama: object;
  start_ollama: object;
  start_openai_server: object;
  /** An address of a model's server is wrong. `source` is where it came from. */
  give_model_address: {
    readonly server: "ollama" | "openai";
    readonly source: "given" | "environment" | "configuration";
  };
  fix_config: object;
  /** There are two configuration files; `file` is one of them. */
  choose_config: { readonly file: string };
  name_config: object;
}

/** The name of a hint that is data. */
export type HintKind = keyof HintData;

/** A hint of one kind, or of any kind. */
export type HintOf<K extends HintKind = HintKind> = { [P in K]: { readonly kind: P } & HintData[P] }[K];

/** Where an address came from: a flag or an argument, the environment, or the configuration. */
export type AddressSource = HintOf<"give_model_address">["source"];

/** What to do next: data where the text differs between library and command line, otherwise a sentence. */
export type Hint = string | HintOf;

/** The hint that a session keeps when it stopped at a limit. */
export type LimitHint = HintOf<"more_time" | "raise_limit" | "take_next">;

/** A function for each kind, so that a missing kind does not compile. */
export type HintTable = { readonly [K in HintKind]: (hint: HintOf<K>) => string };

/** The text of a hint by `table`; a sentence stays as it is. */
export function wordHint(hint: Hint, table: HintTable): string {
  return typeof hint === "string" ? hint : wordOne(hint, table);
}

function wordOne<K extends HintKind>(hint: HintOf<K>, table: HintTable): string {
  return table[hint.kind](hint);
}

/**
 * The text of a hint for users of the library. The command line has its own texts, with commands and flags.
 *
 * @example
 * ```ts
 * import { hintText } from "holdfast";
 *
 * console.log(hintText({ kind: "raise_limit", limit: "maxCost", to: 5, sessionId: "20260119_143052" }));
 * console.log(hintText("Nothing was run."));
 * // prints: Raise `limits.maxCost` to 5 and resume the session.
 * // prints: Nothing was run.
 * ```
 */
export const hintText = (hint: Hint): string => wordHint(hint, FOR_PROGRAMS);

const FOR_PROGRAMS: HintTable = {
  raise_limit: ({ limit, to }) => `Raise \`limits.${limit}\` to ${JSON.stringify(to)} and resume the session.`,
  take_next: ({ limit }) => `Resume the session with \`limits.limit: ${limit}\` to process the next ones.`,
  more_time: ({ limit, to }) =>
    to === ""
      ? "Resume the session to go on."
      : `Resume the session with \`limits.${limit}: ${JSON.stringify(to)}\` to go on for as long again.`,
  resume: () => "Resume the session to process its items.",
  force_resume: () =>
    "Nothing was changed. Resume with `force: true` if the results of the finished steps are still valid, or start a new session.",
  wait_or_cancel: ({ host, next }) => waitOr("by its `signal`", { host, next }),
  list_sessions: ({ otherWorkspace }) =>
    `\`listSessions(workspace)\` lists the sessions${otherWorkspace ? "; the one you want may be in another workspace" : ""}.`,
  show_failed: () =>
    "`reportSession(workspace, id)` lists the failed items with their ids; a note has its item's id as `source_id`.",
  show_item: () => "Nothing was changed. `reportItem(workspace, id, itemId)` tells what became of an item.",
  give_price: () => "Set it in `prices` of the run; 0 for a model of your own.",
  reclaim_items: () =>
    "Nothing was changed. Resume with the workers, or take the items back: `resumeSession(id, pipeline, { reclaimFrom })`.",
  reclaim_before_move: () =>
    "Nothing was changed. Take them back first with `reclaimFrom`, then resume at the new address.",
  reclaim_by_force: () =>
    "Nothing was changed. Start the database, or resume without it with `force`. Work that the workers did not hand over is then done, and paid for, again.",
  allow_volatile: () =>
    "Turn on its append-only file and set its maxmemory-policy to noeviction, or continue with `allowVolatile: true`: the session loses no results, but work that was in the queue is done again.",
  give_queue: ({ example }) => `For example: ${example}`,
  give_other_folder: () => "Give another folder for the notes.",
  import_documents: () => "To import its notes as documents into another folder, read it as Markdown.",
  name_provider: ({ providers }) =>
    `Give the zip file that the service sent, the folder you unpacked it to, or its conversations.json. If you know which service it came from, name it: ${providers.join(" or ")}.`,
  write_default_prompts: ({ before, purpose }) =>
    sentences(before, `\`writeDefaultPrompts(folder)\` writes the defaults to ${purpose}.`),
  list_review: () => "Nothing was changed. `listReview(workspace)` lists the notes in review.",
  smaller_context: () => "If memory is short, choose a smaller file or fewer `contextTokens`.",
  give_model_file: () => "Give the path of a .gguf file, such as models/llama-3.2-3b-q4_k_m.gguf",
  build_llama: () => "Run `npx node-llama-cpp source download` to build it for this machine, or use Ollama.",
  start_ollama: () => "Is Ollama running? Start it with `ollama serve`, or set its address in OLLAMA_HOST.",
  start_openai_server: () =>
    "Is the server running, and is the address right? Set the address with `baseUrl` or OPENAI_BASE_URL.",
  give_model_address: ({ server, source }) => `It came from ${ADDRESSES[server][source]}. ${ADDRESSES[server].form}`,
  fix_config: () => "Nothing was run. Fix the file, then run it again.",
  choose_config: () => "Remove one of them, or say which one you mean: `loadConfig({ file })`.",
  name_config: () => "Give the path of the file with your settings, such as holdfast.config.ts.",
};

/** What to do about another process that is at it; `how` it is stopped. */
export const waitOr = (
  how: string,
  { host, next }: { readonly host: string | undefined; readonly next: HintOf<"wait_or_cancel">["next"] },
): string =>
  `Nothing was ${next === "resume" ? "changed" : "started"}. Wait for it, or stop it${host === undefined ? "" : ` on ${host}`} ${how}; ${next === "resume" ? "the session can then be resumed" : "then run again"}.`;

/** The names of an address's sources in a program, and what an address looks like. */
export const ADDRESSES: Readonly<
  Record<HintOf<"give_model_address">["server"], Readonly<Record<AddressSource | "form", string>>>
> = {
  ollama: {
    given: "the address given",
    environment: "OLLAMA_HOST",
    configuration: "`ollamaUrl` in the configuration",
    form: "Give a URL or a host with a port, such as http://127.0.0.1:11434 or gpu-box:11434.",
  },
  openai: {
    given: "the address given",
    environment: "OPENAI_BASE_URL",
    configuration: "`openaiUrl` in the configuration",
    form: "Give a URL with http:// or https://, such as http://127.0.0.1:1234/v1 or https://openrouter.ai/api/v1.",
  },
};

/** Joins sentences and leaves out those that are `undefined`. */
export const sentences = (...all: readonly (string | undefined)[]): string =>
  all.filter((each) => each !== undefined).join(" ");
