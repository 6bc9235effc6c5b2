import { InvalidArgumentError, type Command } from "commander";
import { loadConfig, type HoldfastConfig, type LoadedConfig } from "../../config/index.ts";
import { HoldfastError } from "../../core/failure/index.ts";
import { wholeNumber } from "./flag-values.ts";

/** The flags that say where settings come from. */
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
 * What a command that begins a session works with: flag > environment > configuration file. Where none of them says
 * anything, the command's own default holds. Throws a `HoldfastError` (`usage`) for what cannot be understood.
 */
export async function settle<F extends ConfigFlags>({ config: file, ...flags }: F): Promise<Settled<F>> {
  const { path, config } = await configFor(file);
  const environment = fromEnvironment(process.env);
  // Where OLLAMA_HOST or OPENAI_BASE_URL is set, whoever makes the model reads it, and the file's address must not stand
  // before it.
  const { ollamaUrl, openaiUrl, ...others } = withQueue(config, flags);
  const ollama = ollamaUrl === undefined || process.env["OLLAMA_HOST"] ? {} : { ollamaUrl };
  const openai = openaiUrl === undefined || process.env["OPENAI_BASE_URL"] ? {} : { openaiUrl };
  return { ...others, ...ollama, ...openai, ...environment, ...flags, ...(path !== undefined && { configPath: path }) };
}

/** The file's queue gives way to that of a flag, and to one that the environment names. */
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

/** What may be set for a whole shell or machine. */
const VARIABLES = {
  llm: { variable: "HOLDFAST_LLM", parse: asItIs },
  numCtx: { variable: "HOLDFAST_NUM_CTX", parse: wholeNumber },
  concurrency: { variable: "HOLDFAST_CONCURRENCY", parse: wholeNumber },
  out: { variable: "HOLDFAST_OUT", parse: asItIs },
} as const satisfies Readonly<Record<string, Variable>>;

type FromEnvironment = { readonly [K in keyof typeof VARIABLES]?: ReturnType<(typeof VARIABLES)[K]["parse"]> };

/** An empty variable counts as one that is not there. */
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
