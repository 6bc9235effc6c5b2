import { InvalidArgumentError, type Command } from "commander";
import { loadConfig, type HoldfastConfig, type LoadedConfig } from "../../config/index.ts";
import { HoldfastError } from "../../core/failure/index.ts";
import { refuseIdleAddress } from "./choose-model.ts";
import { wholeNumber } from "./flag-values.ts";

/** The flags that choose the configuration file. */
export interface ConfigFlags {
  /** False with `--no-config`. */
  readonly config?: string | false;
}

/** A flag's value, else the environment's, else the configuration file's. */
export type Settled<F extends ConfigFlags> = HoldfastConfig &
  Omit<F, "config"> & {
    /** The configuration file that was read. */
    readonly configPath?: string;
  };

export function addConfigFlags(command: Command): Command {
  return command
    .option("--config <file>", "settings (default: the nearest holdfast.config.ts, .mts, .js, .mjs or .json)")
    .option("--no-config", "do not read a configuration file");
}

/**
 * The settings of a command that starts a session: flag > environment > configuration file > the command's default.
 * Throws a `HoldfastError` (`usage`) for invalid values.
 */
export async function settle<F extends ConfigFlags>({ config: file, ...flags }: F): Promise<Settled<F>> {
  const { path, config } = await configFor(file);
  const environment = fromEnvironment(process.env);
  // OLLAMA_HOST and OPENAI_BASE_URL are read when the model is created; the file's address must not override them.
  const { ollamaUrl, openaiUrl, llm, model, fallback, ...others } = withQueue(config, flags);
  const ollama = ollamaUrl === undefined || process.env["OLLAMA_HOST"] ? {} : { ollamaUrl };
  const openai = openaiUrl === undefined || process.env["OPENAI_BASE_URL"] ? {} : { openaiUrl };
  // A model that is named goes before all that the file says of its own: a name, an object, and what is asked in its place.
  const named = "llm" in flags && typeof flags.llm === "string" ? flags.llm : environment.llm;
  const ofFile = {
    ...(llm !== undefined && { llm }),
    ...(model !== undefined && { model }),
    ...(fallback !== undefined && { fallback }),
  };
  const chosen = named === undefined ? ofFile : { llm: named };
  refuseIdleAddress(flags, chosen);
  return {
    ...others,
    ...chosen,
    ...ollama,
    ...openai,
    ...environment,
    ...flags,
    ...(path !== undefined && { configPath: path }),
  };
}

/** A queue from a flag or the environment overrides the file's queue. */
function withQueue({ redis, postgres, ...others }: HoldfastConfig, given: object): HoldfastConfig {
  if ("redis" in given || "postgres" in given) return others;
  const isInEnvironment = process.env["HOLDFAST_REDIS_URL"] || process.env["HOLDFAST_POSTGRES_URL"];
  if (isInEnvironment) return { ...((redis ?? postgres) && { engine: "bullmq" }), ...others };
  return { ...others, ...(redis !== undefined && { redis }), ...(postgres !== undefined && { postgres }) };
}

async function configFor(file: string | false | undefined): Promise<LoadedConfig> {
  if (file === false) return { config: {} };
  return loadConfig({ startFolder: process.cwd(), file });
}

interface Variable {
  readonly variable: string;
  readonly parse: (text: string) => string | number;
}

const asItIs = (text: string): string => text;

/** The settings that the environment may hold. */
const VARIABLES = {
  llm: { variable: "HOLDFAST_LLM", parse: asItIs },
  numCtx: { variable: "HOLDFAST_NUM_CTX", parse: wholeNumber },
  concurrency: { variable: "HOLDFAST_CONCURRENCY", parse: wholeNumber },
  out: { variable: "HOLDFAST_OUT", parse: asItIs },
} as const satisfies Readonly<Record<string, Variable>>;

type FromEnvironment = { readonly [K in keyof typeof VARIABLES]?: ReturnType<(typeof VARIABLES)[K]["parse"]> };

/** An empty variable counts as absent. */
function fromEnvironment(env: NodeJS.ProcessEnv): FromEnvironment {
  return Object.fromEntries(
    Object.entries<Variable>(VARIABLES).flatMap(([name, variable]) => {
      const text = env[variable.variable];
      return text === undefined || text === "" ? [] : [[name, parsed(variable, text)]];
    }),
  );
}

function parsed({ variable, parse }: Variable, text: string): string | number {
  try {
    return parse(text);
  } catch (cause) {
    if (!(cause instanceof InvalidArgumentError)) throw cause;
    throw new HoldfastError("usage", `${variable} is ${JSON.stringify(text)}. ${cause.message}`, { cause });
  }
}
