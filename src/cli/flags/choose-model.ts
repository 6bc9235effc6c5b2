import type { Command } from "commander";
import { HoldfastError } from "../../core/failure/index.ts";
import type { JsonValue } from "../../core/base/index.ts";
import type { Model } from "../../core/model/index.ts";
import { keyAndValue, zeroOrMore } from "./flag-values.ts";
import { createExtractive } from "../../llm/extractive/index.ts";
import { createGguf } from "../../llm/gguf/index.ts";
import { createOllama, resolveOllamaUrl } from "../../llm/ollama/index.ts";
import { createOpenAI, resolveOpenAIUrl } from "../../llm/openai/index.ts";

/** The values of `--llm`, for the help. */
export const MODELS =
  "extractive (built in: no model, no network), ollama:<model>, openai:<model> (any compatible server), or gguf:<file>";

/** The flags of the model. */
export interface ModelFlags {
  /** `extractive`, or `<provider>:<model>`. */
  readonly llm: string;
  readonly ollamaUrl?: string | undefined;
  readonly openaiUrl?: string | undefined;
  readonly numCtx?: number | undefined;
  readonly temperature?: number | undefined;
  /** Fields of the provider's own. */
  readonly modelOptions?: Readonly<Record<string, JsonValue>> | undefined;
  /** Headers of each call, for models behind an OpenAI-compatible API. */
  readonly modelHeaders?: Readonly<Record<string, string>> | undefined;
  /** Calls at once. */
  readonly concurrency?: number | undefined;
}

/** What all of them take. */
const drawn = ({ temperature, modelOptions }: ModelFlags) => ({
  ...(temperature !== undefined && { temperature }),
  ...(modelOptions !== undefined && { providerOptions: modelOptions }),
});

/** What a flag names goes before the same name in the configuration. */
export const modelOptionsOf = ({
  modelOption,
  modelOptions,
}: {
  readonly modelOption?: ModelFlags["modelOptions"];
  readonly modelOptions?: ModelFlags["modelOptions"];
}): Pick<ModelFlags, "modelOptions"> =>
  modelOption || modelOptions ? { modelOptions: { ...modelOptions, ...modelOption } } : {};

/** The flags for how a model draws its answers. */
export const addDrawingFlags = (command: Command): Command =>
  command
    .option("--temperature <n>", "how freely answers are drawn (default: the model's own, gguf: 0)", zeroOrMore)
    .option(
      "--model-option <key=value>",
      "a field of the provider's own, any number of times: --model-option reasoning_effort=low",
      keyAndValue,
    );

type MakeModel = (model: string, flags: ModelFlags) => Model;

const PROVIDERS: Readonly<Record<string, MakeModel>> = {
  ollama: (model, flags) =>
    createOllama({
      model,
      baseUrl: resolveOllamaUrl({ flag: flags.ollamaUrl, env: process.env }),
      ...drawn(flags),
      ...(flags.numCtx !== undefined && { numCtx: flags.numCtx }),
    }),
  openai: (model, flags) => {
    const { openaiUrl, numCtx, modelHeaders } = flags;
    const apiKey = process.env["OPENAI_API_KEY"]?.trim();
    return createOpenAI({
      model,
      baseUrl: resolveOpenAIUrl({ flag: openaiUrl, env: process.env }),
      ...(apiKey && { apiKey }),
      ...(modelHeaders !== undefined && { headers: modelHeaders }),
      ...drawn(flags),
      ...(numCtx !== undefined && { contextTokens: numCtx }),
    });
  },
  gguf: (file, flags) => {
    const { numCtx, concurrency } = flags;
    // The variable that llama.cpp's own programs read.
    const threads = Number(process.env["LLAMA_ARG_THREADS"]);
    return createGguf({
      file,
      ...drawn(flags),
      ...(Number.isInteger(threads) && threads > 0 && { threads }),
      ...(numCtx !== undefined && { contextTokens: numCtx }),
      ...(concurrency !== undefined && { concurrency }),
    });
  },
};

/** The part after the colon. */
const NAMED: Readonly<Record<string, string>> = { gguf: "<file>" };

/** What has no effect is refused, and not ignored. */
function refuseForExtractive({ temperature, modelOptions }: ModelFlags): void {
  const flag = temperature === undefined ? modelOptions && "--model-option" : "--temperature";
  if (flag === undefined) return;
  throw new HoldfastError("usage", `${flag} is for a model, and the extractive engine is none.`, {
    hint: "Choose one with --llm, or leave the flag out.",
  });
}

/** Makes the model that `--llm` names. */
export function chooseModel(flags: ModelFlags): Model {
  if (flags.llm === "extractive") {
    refuseForExtractive(flags);
    return createExtractive();
  }
  const [provider = "", ...rest] = flags.llm.split(":");
  const make = Object.hasOwn(PROVIDERS, provider) ? PROVIDERS[provider] : undefined;
  const model = rest.join(":");
  if (make && model !== "") return make(model, flags);
  const known = ["extractive", ...Object.keys(PROVIDERS).map((name) => `${name}:${NAMED[name] ?? "<model>"}`)];
  throw new HoldfastError(
    "usage",
    `Expected --llm to be one of ${known.join(", ")}, got ${JSON.stringify(flags.llm)}.`,
    {
      hint: "For example: --llm ollama:llama3.2, --llm openai:gpt-5-mini, --llm gguf:models/llama-3.2-3b-q4_k_m.gguf",
    },
  );
}
