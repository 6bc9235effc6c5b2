/**
 * The rooms of src/, and what may come into each of them. The linter (`rooms-plugin.ts`) refuses every import that is not
 * allowed here, type imports included; ARCHITECTURE.md shows this table; `rooms.test.ts` tries a forbidden import for
 * every pair of rooms.
 */
export interface Room {
  /** Below `src/`; `.` is `src/` itself. A file belongs to the deepest room that holds it. */
  readonly folder: string;
  /** What the room is about, in a few words. */
  readonly idea: string;
  /** The other rooms that its files may import. */
  readonly mayImport: readonly string[];
  /** The packages that its files may import; `node:` stands for all of Node's own modules. */
  readonly packages: readonly string[];
  /** Whether its files are entries: lists of names that say in which file each is defined, past any `index.ts`. */
  readonly isEntry?: boolean;
}

const CORE_BASE = ["retry", "text", "core/base", "core/failure"];
const LANES = [...CORE_BASE, "core/files", "core/lane"];
const PIPELINES = [...LANES, "core/model", "core/pipeline"];
const SESSIONS = [...PIPELINES, "core/storage", "core/session"];
const CORE = [...SESSIONS, "core/runner"];
const QUEUE = [...CORE, "engines/bullmq/queue"];
const PROVIDERS = [...PIPELINES, "llm/prices", "llm/answer", "llm/limits", "llm/faults", "llm/http", "llm/naming"];
const LLM = ["llm/http", "llm/extractive", "llm/ollama", "llm/openai", "llm/gguf", "llm/ai-sdk"];
const STAGES = ["stages/extract", "stages/load", "stages/note"];
const CHATS = ["chats", "chats/extract", "chats/transform", "chats/load", "chats/phases", "chats/report"];
const PUT_TOGETHER = ["run", "fleet", "config"];
const BELOW_CLI = [
  "retry/testing",
  ...CORE,
  "stores",
  "engines",
  "engines/bullmq",
  ...LLM,
  ...STAGES,
  ...CHATS,
  ...PUT_TOGETHER,
];

const room = (folder: string, idea: string, mayImport: readonly string[], packages: readonly string[] = []): Room => ({
  folder,
  idea,
  mayImport: [...new Set(mayImport)].filter((other) => other !== folder),
  packages,
});

/** In the order of the arrows: a room imports those above it. */
export const ROOMS: readonly Room[] = [
  room("retry", "the retry engine, which runs in a browser too", []),
  room("retry/testing", "a fake clock and a recorder, for tests of retries", ["retry"]),

  room("text", "how text is read and cut: fences, languages, whole characters", []),

  room(
    "core/base",
    "statuses, JSON values, hash, logger, standard schema",
    ["retry", "text"],
    ["node:", "@standard-schema/spec"],
  ),
  room("core/failure", "errors, the failure table, messages, masks", CORE_BASE),
  room("core/files", "atomic write, folders, safe names, crash points", CORE_BASE, ["node:"]),
  room("core/lane", "lane, queue, limits, windows, circuit breaker", LANES, ["node:"]),
  room("core/model", "the contract of a language model; usage, prices, token estimates", LANES, [
    "node:",
    "@standard-schema/spec",
    "zod",
  ]),
  room("core/pipeline", "pipeline, step, context, outcomes, source, sink, fan-out", PIPELINES, ["node:"]),
  room("core/storage", "contracts only: session store, cache, ledger, reports", PIPELINES),
  room("core/session", "session, phase, stage, step tracker, ids, what is kept of failures", SESSIONS, ["node:"]),
  room("core/runner", "runs a session: phase, item, step, source feed, limits, dry run", SESSIONS, ["node:"]),

  room("stores", "a session's truth and its lock; what sessions share", CORE, ["node:"]),
  room("engines", "moves the items in this process", CORE),
  room("engines/bullmq/queue", "the queue: its databases, its jobs, who is present", CORE, [
    "node:",
    "bullmq",
    "ioredis",
    "pg",
    "zod",
  ]),
  room("engines/bullmq/permits", "limits of lanes that hold for all processes together", QUEUE, ["node:"]),
  room(
    "engines/bullmq/worker",
    "does the steps of a job",
    [...QUEUE, "engines/bullmq/permits"],
    ["node:", "bullmq", "zod"],
  ),
  room(
    "engines/bullmq/owner",
    "gives jobs out, and records what comes back",
    [...QUEUE, "engines", "engines/bullmq/permits", "engines/bullmq/worker"],
    ["node:", "zod"],
  ),
  room("engines/bullmq", "moves the items by workers", [
    ...QUEUE,
    "engines/bullmq/permits",
    "engines/bullmq/worker",
    "engines/bullmq/owner",
  ]),

  room("llm/http", "what models behind HTTP share", PIPELINES, [
    "node:",
    "http-proxy-agent",
    "https-proxy-agent",
    "proxy-from-env",
  ]),
  room("llm/prices", "what models cost by their providers' lists", PIPELINES),
  room("llm/answer", "when an answer is whole, and how long it may be", PIPELINES),
  room("llm/limits", "what servers tell of their limits, in headers and in times", PIPELINES),
  room("llm/faults", "what servers say when they refuse, and what it means: one table", [...PIPELINES, "llm/limits"]),
  room("llm/naming", "names of models: did you mean, notes", PIPELINES),
  room("llm/extractive", "notes without a model", PIPELINES),
  room("llm/ollama", "Ollama's API", PROVIDERS, ["zod"]),
  room("llm/openai", "any server that speaks OpenAI's API", PROVIDERS, ["zod", "eventsource-parser"]),
  room("llm/gguf", "a model's file, run in this process", PROVIDERS, ["node:", "node-llama-cpp"]),
  room("llm/ai-sdk", "any model of the Vercel AI SDK", PROVIDERS),

  room("stages/extract", "sources that anybody can use", CORE, ["node:"]),
  room("stages/note", "a note: front matter, names, files", CORE, ["node:", "yaml"]),
  room("stages/load", "sinks that anybody can use", [...CORE, "stages/note"], ["node:"]),

  room(
    "run",
    "puts a session or a plan together",
    [...CORE, "stores", "engines", "llm/extractive", "llm/prices"],
    ["node:"],
  ),
  room("fleet", "puts a worker together", [...CORE, "engines/bullmq", "llm/extractive"]),

  room("chats", "a chat in one shape, whichever service it came from", CORE, []),
  room(
    "chats/extract",
    "exports, documents and notes, read as chats",
    [...CORE, ...STAGES, "chats"],
    ["node:", "yaml", "yauzl"],
  ),
  room(
    "chats/transform",
    "filters, questions to the model, answers, checks",
    [...CORE, ...STAGES, "chats", "chats/extract"],
    ["node:", "jsonrepair", "zod"],
  ),
  room(
    "chats/load",
    "notes sorted into a vault",
    [...CORE, ...STAGES, "chats", "chats/extract", "chats/transform"],
    ["node:"],
  ),
  room("chats/report", "what exports held that nobody knows", [...CORE, "stores"], ["node:"]),
  room("chats/phases", "the import and the organize pipeline", [...CORE, ...STAGES, ...CHATS]),

  room(
    "config",
    "the configuration file: its keys, its rules, how it is found",
    [...CORE, ...STAGES, ...CHATS],
    ["node:", "zod"],
  ),
  room("testing", "fakes of model servers that count their calls; a tiny real model", CORE, ["node:", "zod"]),
  {
    ...room("entries", "what users import: a file an entry, a list of names", [
      ...BELOW_CLI,
      ...QUEUE,
      "engines/bullmq/owner",
      "engines/bullmq/worker",
      "testing",
    ]),
    isEntry: true,
  },
  { ...room(".", "the entry `holdfast`", [...CORE, "run"]), isEntry: true },

  room("cli/flags", "what flags mean", BELOW_CLI, ["node:", "commander", "zod"]),
  room("cli/text", "what is printed", [...BELOW_CLI, "cli/flags"], ["node:", "string-width", "zod"]),
  room("cli/terminal", "progress, signals, exit codes", [...BELOW_CLI, "cli/flags", "cli/text"], ["node:"]),
  room(
    "cli/commands",
    "a file a command",
    [...BELOW_CLI, "cli/flags", "cli/text", "cli/terminal"],
    ["node:", "commander"],
  ),
  room("cli", "the command line", ["cli/commands", "cli/text", "cli/terminal"], ["node:", "commander"]),
];

/** The ways to load code that do not show the linter what is loaded. */
export const WAYS = ["a computed import", "createRequire", "getBuiltinModule", "import.meta.resolve"] as const;
export type Way = (typeof WAYS)[number];

/** The files of `src/` that load code in such a way. Everywhere else it is refused. */
export const LOADED_UNSEEN: readonly { readonly file: string; readonly way: Way; readonly reason: string }[] = [
  {
    file: "retry/diagnostics.ts",
    way: "getBuiltinModule",
    reason: "A browser has no node:diagnostics_channel, and an import of it would fail there.",
  },
  {
    file: "core/files/sqlite/open-sqlite.ts",
    way: "getBuiltinModule",
    reason: "The older Node versions print a warning when node:sqlite is loaded, which is hidden at the first call.",
  },
  {
    file: "llm/gguf/library.ts",
    way: "a computed import",
    reason: "A bundler would resolve the optional package, even for a program that never needs it.",
  },
  {
    file: "llm/ai-sdk/packages.ts",
    way: "a computed import",
    reason: "A bundler would resolve the optional packages, even for a program that never needs them.",
  },
  {
    file: "config/import-default.ts",
    way: "a computed import",
    reason: "The file is the user's: its path is known when the program runs.",
  },
  {
    file: "cli/text/text-width.ts",
    way: "createRequire",
    reason: "string-width takes a third of a command's start-up time, and the caller cannot wait for an import().",
  },
  {
    file: "cli/terminal/young-generation.ts",
    way: "getBuiltinModule",
    reason: "A short command never loads node:v8.",
  },
];

/** The deepest room that holds a file, whose path is given below `src/`. */
export function roomOf(path: string): Room | undefined {
  return ROOMS.filter(({ folder }) => (folder === "." ? !path.includes("/") : path.startsWith(`${folder}/`))).toSorted(
    (one, other) => other.folder.length - one.folder.length,
  )[0];
}
