import { InvalidArgumentError, type Command } from "commander";
import { HoldfastError, messageOf } from "../../core/failure/index.ts";
import { fallback, type Model } from "../../core/model/index.ts";
import { chooseModel, type ModelFlags } from "./choose-model.ts";

/** The models of a run. */
export interface ModelsFlags extends ModelFlags {
  /** The models that are asked in this order when that of `llm` cannot answer. */
  readonly fallback?: readonly string[] | undefined;
}

export const addFallbackFlag = (command: Command): Command =>
  command.option(
    "--fallback <models>",
    "asked in this order when --llm cannot answer: openai:gpt-5-mini,extractive (default: none)",
    modelNames,
  );

/** Names with commas between them. */
function modelNames(text: string): readonly string[] {
  const names = text.split(",").map((name) => name.trim());
  if (!names.includes("")) return names;
  throw new InvalidArgumentError("Expected models with commas between them, as in openai:gpt-5-mini,extractive.");
}

/** The engine that needs no model. */
const QUOTES = "extractive";

/** Makes the model that `--llm` names, or the one that asks it and those of `--fallback` in turn. */
export async function chooseModels({ fallback: others = [], ...flags }: ModelsFlags): Promise<Model> {
  const first = await chooseModel(flags);
  const named = [first.id, ...others];
  // What follows it is never asked.
  const last = named.indexOf(QUOTES);
  if (last >= 0 && last < named.length - 1) {
    throw new HoldfastError("usage", `--fallback would do nothing after ${QUOTES}, which always answers.`, {
      hint: `Name the models first: --llm ollama:llama3.2 --fallback openai:gpt-5-mini,${QUOTES}`,
    });
  }
  const [second, ...more] = await Promise.all(
    others.map((llm) => chooseModel(ownFlags({ ...flags, model: undefined, llm }))),
  );
  if (second === undefined) return first;
  try {
    return fallback([first, second, ...more]);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new HoldfastError("usage", `--fallback: ${messageOf(cause)}.`, {
      cause,
      hint: "Name each model once: --llm has the first one, --fallback those that come after it.",
    });
  }
}

/** How answers are drawn is said for models: the extractive engine, which is refused it alone, may come last all the same. */
function ownFlags({ temperature, modelOptions, ...flags }: ModelFlags): ModelFlags {
  return flags.llm === QUOTES ? flags : { ...flags, temperature, modelOptions };
}
