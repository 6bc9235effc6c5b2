import { extname, resolve } from "node:path";
import type { Command } from "commander";
import { HoldfastError, type HoldfastErrorCode } from "../../core/failure/index.ts";
import { wholeNumber, wholeNumberOrZero } from "./flag-values.ts";
import { addImportOptions, type ImportFlags } from "./import-flags.ts";
import type { RunFlags } from "./run-flags.ts";

/** The flags of `try`: those of what is tried, and the sample. */
export interface TryFlags extends ImportFlags {
  readonly sample?: number;
  readonly seed?: number;
  readonly items?: readonly string[];
  readonly compare?: readonly string[];
}

export const DEFAULT_SAMPLE = 5;

/** What all models of a try may use together, unless it is given a limit of its own. */
export const DEFAULT_MAX_TOKENS = 1_000_000;

export function addTryFlags(command: Command): Command {
  command
    .argument("[what]", "an export, as `import` takes it, or a pipeline's file, as `run` takes it")
    .optionsGroup("The sample:")
    .option("--sample <n>", `how many items (default: ${DEFAULT_SAMPLE})`, wholeNumber)
    .option("--seed <n>", "draw other items: the same ones for the same number", wholeNumberOrZero)
    .option("--items <id,id>", "these items in place of a sample", idList)
    .option(
      "--compare <model...>",
      "2 to 4 models, each in a session of its own: --compare ollama:qwen3 openai:gpt-5-mini",
    );
  return addImportOptions(
    command,
    `where the notes of the whole go: what is there already is not tried (default: ${DEFAULT_OUT})`,
  );
}

const idList = (text: string, earlier: readonly string[] = []): readonly string[] => [
  ...earlier,
  ...text.split(",").filter((id) => id !== ""),
];

/** Whether what is tried is the file of a pipeline. */
export const isPipelineFile = (what: string): boolean => /^\.[cm]?[jt]s$/i.test(extname(what));

interface Refusal {
  readonly flags: readonly (keyof TryFlags)[];
  readonly when: (given: TryFlags, what: string) => boolean;
  readonly why: string;
  readonly hint: string;
}

const ALWAYS = (): boolean => true;

/** Flags that would have no effect here, and why. */
const REFUSALS: readonly Refusal[] = [
  {
    flags: ["limit"],
    when: ALWAYS,
    why: "is for a whole run",
    hint: "Say how many items are tried with --sample.",
  },
  {
    flags: ["engine", "redis", "postgres", "allowVolatile"],
    when: ALWAYS,
    why: "has no effect: a try runs in this process, without workers",
    hint: "Leave it out here, and give it to the run that follows.",
  },
  {
    flags: ["llm"],
    when: ({ compare }) => compare !== undefined,
    why: "has no effect beside --compare, which names the models",
    hint: "Name all models after --compare.",
  },
  {
    flags: ["price"],
    when: ({ compare }) => compare !== undefined,
    why: "is the price of one model, and --compare has several",
    hint: 'Give their prices in the configuration: prices: { "openai:gpt-x": { inputPerMillion: 0.15, outputPerMillion: 0.6 } }',
  },
  {
    flags: ["sample", "seed"],
    when: ({ items }) => items !== undefined,
    why: "has no effect beside --items, which names the items",
    hint: "Leave one of the two out.",
  },
  {
    flags: ["out", "from", "branches", "minMessages", "layout", "onEdited", "language", "prompts", "answer"],
    when: (_, what) => isPipelineFile(what),
    why: "is for exports, and not for a pipeline's file",
    hint: "Leave it out: the pipeline says itself what it reads and how.",
  },
];

/** What is tried, from the command line alone. Throws a `HoldfastError` (`usage`) for flags that would have no effect. */
export function assertTryFlags(what: string | undefined, given: TryFlags): string {
  if (what === undefined) {
    throw usage(
      "Expected an export or a pipeline's file to try.",
      "For example: holdfast try chats.zip --llm ollama:llama3.2. What is tried comes before --compare, which takes all words after it.",
    );
  }
  for (const { flags, when, why, hint } of REFUSALS) {
    const flag = flags.find((name) => given[name] !== undefined && when(given, what));
    if (flag !== undefined) throw usage(`--${kebab(flag)} ${why}.`, hint);
  }
  assertCompared(given.compare);
  if (given.items?.length === 0) throw usage("Expected ids after --items, separated by commas.", SHOW_IDS);
  return what;
}

/** Where ids are seen. */
export const SHOW_IDS =
  "The ids of items are in `holdfast show <session> --status completed`, and in the lines of a try.";

const MOST_COMPARED = 4;

function assertCompared(models: readonly string[] | undefined): void {
  if (models === undefined) return;
  const twice = models.find((model, at) => models.indexOf(model) !== at);
  if (twice !== undefined) throw usage(`--compare names ${JSON.stringify(twice)} twice.`, TWO_MODELS);
  if (models.length >= 2 && models.length <= MOST_COMPARED) return;
  throw usage(`Expected 2 to ${MOST_COMPARED} models after --compare, got ${models.length}.`, TWO_MODELS);
}

const TWO_MODELS =
  "For example: holdfast try chats.zip --compare ollama:llama3.2 openai:gpt-5-mini. To try one model, name it with --llm.";

/** The flags of a try's runs, which are in this process. */
export function withoutEngine<F extends RunFlags>(
  flags: F,
): Omit<F, "engine" | "redis" | "postgres" | "allowVolatile"> {
  const { engine: _, redis: __, postgres: ___, allowVolatile: ____, ...here } = flags;
  return here;
}

/** A try has a limit, but for an engine that costs nothing. */
export function withDefaultLimit<F extends RunFlags>(flags: F): F {
  const isLimited = flags.maxTokens !== undefined || flags.maxCost !== undefined || flags.llm === "extractive";
  return isLimited ? flags : { ...flags, maxTokens: DEFAULT_MAX_TOKENS };
}

/** The folder of the notes that a run would write; a try writes none there. */
export const outOf = ({ out }: Pick<TryFlags, "out">): string => resolve(out ?? DEFAULT_OUT);

export const DEFAULT_OUT = "notes";

const kebab = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

export const usage = (message: string, hint: string, code: HoldfastErrorCode = "usage"): HoldfastError =>
  new HoldfastError(code, message, { hint });
