/** What each kind of hint says beside its kind. Who shows a hint words it for its reader. */
export interface HintData {
  /** A limit was reached: `to` is one that what was in flight has not reached either. */
  raise_limit: {
    readonly limit: "failOnError" | "maxConsecutiveFailures" | "maxCost" | "maxTokens";
    readonly to: number | string;
    readonly sessionId: string;
  };
  /** As many items were begun as this run may. */
  take_next: { readonly limit: number; readonly sessionId: string };
  resume: { readonly sessionId: string };
  force_resume: { readonly sessionId: string };
  list_sessions: { readonly otherWorkspace: boolean };
  show_failed: { readonly sessionId: string };
  give_price: object;
  /** Items are with workers. */
  reclaim_items: { readonly sessionId: string };
  reclaim_before_move: object;
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
}

/** The name of a hint that is data. */
export type HintKind = keyof HintData;

/** A hint of one kind, or of any. */
export type HintOf<K extends HintKind = HintKind> = { [P in K]: { readonly kind: P } & HintData[P] }[K];

/** What to do next: as data where it depends on how Holdfast is used, otherwise as a sentence. */
export type Hint = string | HintOf;

/** What a session that stopped at a limit keeps. */
export type LimitHint = HintOf<"raise_limit" | "take_next">;

/** A function for each kind, so that a kind that was forgotten does not compile. */
export type HintTable = { readonly [K in HintKind]: (hint: HintOf<K>) => string };

/** A hint in the words of `table`; a sentence stays as it is. */
export function wordHint(hint: Hint, table: HintTable): string {
  return typeof hint === "string" ? hint : wordOne(hint, table);
}

function wordOne<K extends HintKind>(hint: HintOf<K>, table: HintTable): string {
  return table[hint.kind](hint);
}

/**
 * A hint for whoever uses Holdfast as a library.
 * Where a hint is data, it is worded with the names of this library's options; the command line words it with its
 * flags.
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
  take_next: ({ limit }) => `Resume the session with \`limits.limit\` ${limit} to take the next.`,
  resume: () => "Resume the session to begin with them.",
  force_resume: () =>
    "Nothing was changed. Resume with `force: true` if the finished steps still mean the same, or start a new session.",
  list_sessions: ({ otherWorkspace }) =>
    `\`listSessions(workspace)\` gives the sessions there are${otherWorkspace ? "; they may be in another workspace" : ""}.`,
  show_failed: () =>
    "`reportSession(workspace, id)` gives the items that failed, with their ids; a note has its item's id as `source_id`.",
  give_price: () => "Give it in `prices` of the run. A model of your own costs 0 when you say so.",
  reclaim_items: () =>
    "Nothing was changed. Go on with them, or take the items back: `resumeSession(id, pipeline, { reclaimFrom })`.",
  reclaim_before_move: () =>
    "Nothing was changed. Take them back first with `reclaimFrom`, then resume at the new address.",
  reclaim_by_force: () =>
    "Nothing was changed. Start the database, or go on without it with `force`. What workers did and did not hand over is then done, and paid for, again.",
  allow_volatile: () =>
    "Turn its append-only file on and set its maxmemory-policy to noeviction, or go on with `allowVolatile: true`: a session loses no result by it, but what was in the queue is done again.",
  give_queue: ({ example }) => `For example: ${example}`,
  give_other_folder: () => "Give another folder for the notes.",
  import_documents: () => "Its notes can be imported as documents into another folder: read it as Markdown.",
  name_provider: ({ providers }) =>
    `Give the zip file that the service sent, the folder it was unpacked to, or its conversations.json. If you know whose chats these are, name the service: ${providers.join(" or ")}.`,
  write_default_prompts: ({ before, purpose }) =>
    sentences(before, `\`writeDefaultPrompts(folder)\` writes the defaults to ${purpose}.`),
  list_review: () => "Nothing was changed. `listReview(workspace)` gives those that are.",
  smaller_context: () => "When memory is short, choose a smaller file or fewer `contextTokens`.",
  give_model_file: () => "Give the path of a .gguf file, such as models/llama-3.2-3b-q4_k_m.gguf",
  build_llama: () => "Run `npx node-llama-cpp source download` to build it for this machine, or use Ollama.",
  start_ollama: () => "Is Ollama running? Start it with `ollama serve`, or say where it is with OLLAMA_HOST.",
  start_openai_server: () =>
    "Is the server running, and is the address right? Say where it is with `baseUrl` or OPENAI_BASE_URL.",
};

/** Sentences in a row, without those that are not there. */
export const sentences = (...all: readonly (string | undefined)[]): string =>
  all.filter((each) => each !== undefined).join(" ");
