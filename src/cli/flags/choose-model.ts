import type { Command } from "commander";
import { HoldfastError } from "../../core/failure/index.ts";
import type { JsonValue } from "../../core/base/index.ts";
import type { Model } from "../../core/model/index.ts";
import { keyAndValue, zeroOrMore } from "./flag-values.ts";
import { createNamedModel, PACKAGES, type NamedProvider } from "../../llm/ai-sdk/index.ts";
import { createExtractive } from "../../llm/extractive/index.ts";
import { createGguf } from "../../llm/gguf/index.ts";
import { createOllama, resolveOllamaUrl } from "../../llm/ollama/index.ts";
import { createOpenAI, resolveOpenAIUrl } from "../../llm/openai/index.ts";

/** The values of `--llm`, for the help. */
export const MODELS =
  "extractive (built in: no model, no network), ollama:<model>, openai:<model> (any compatible server), anthropic:<model>, google:<model>, mistral:<model>, or gguf:<file>";

/** The flags of the model. */
export interface ModelFlags {
  /** `extractive`, or `<provider>:<model>`. */
  readonly llm?: string | undefined;
  /** The model object of the configuration file. */
  readonly model?: Model | undefined;
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

type MakeModel = (model: string, flags: ModelFlags) => Model | Promise<Model>;

/** A model of a provider whose package is installed beside Holdfast. */
const named =
  (provider: NamedProvider): MakeModel =>
  (model, flags) =>
    createNamedModel(
      { provider, model, env: process.env },
      {
        ...drawn(flags),
        ...(flags.modelHeaders !== undefined && { headers: flags.modelHeaders }),
        ...(flags.numCtx !== undefined && { contextTokens: flags.numCtx }),
      },
    );

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
  anthropic: named("anthropic"),
  google: named("google"),
  mistral: named("mistral"),
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

/** A model object is made with its settings. */
function refuseForObject(flags: ModelFlags): void {
  const set = OF_NAMED_MODELS.filter(({ name }) => flags[name] !== undefined);
  if (set.length === 0) return;
  const words = set.map(({ flag }) => flag).join(" and ");
  throw new HoldfastError(
    "usage",
    `${words} would do nothing: the model of the configuration file has settings of its own.`,
    {
      hint: "Set it where that file makes the model, or name another model with --llm.",
    },
  );
}

/** The flags and settings of models that are named. */
const OF_NAMED_MODELS: readonly { readonly name: keyof ModelFlags; readonly flag: string }[] = [
  { name: "temperature", flag: "--temperature" },
  { name: "modelOptions", flag: "--model-option" },
  { name: "modelHeaders", flag: "modelHeaders" },
  { name: "numCtx", flag: "--num-ctx" },
];

/** Refuses the address of a server that the model has nothing to do with; `given` are the flags of the command alone. */
export function refuseIdleAddress(given: ModelFlags, { llm, model }: Pick<ModelFlags, "llm" | "model">): void {
  const [provider = ""] = llm?.split(":") ?? [];
  if (model === undefined && !Object.hasOwn(PACKAGES, provider)) return;
  const flag = given.ollamaUrl === undefined ? given.openaiUrl && "--openai-url" : "--ollama-url";
  if (flag === undefined) return;
  throw new HoldfastError("usage", `${flag} would do nothing for the model ${model?.id ?? llm}.`, {
    hint: "Leave it out, or name a model of that server with --llm.",
  });
}

/** The model of the configuration file, or the one that `--llm` names. */
export async function chooseModel(flags: ModelFlags): Promise<Model> {
  if (flags.model) {
    refuseForObject(flags);
    return flags.model;
  }
  const { llm = "extractive" } = flags;
  if (llm === "extractive") {
    refuseForExtractive(flags);
    return createExtractive();
  }
  const [provider = "", ...rest] = llm.split(":");
  const make = Object.hasOwn(PROVIDERS, provider) ? PROVIDERS[provider] : undefined;
  const model = rest.join(":");
  if (make && model !== "") return make(model, flags);
  const known = ["extractive", ...Object.keys(PROVIDERS).map((name) => `${name}:${NAMED[name] ?? "<model>"}`)];
  throw new HoldfastError("usage", `Expected --llm to be one of ${known.join(", ")}, got ${JSON.stringify(llm)}.`, {
    hint: "For example: --llm ollama:llama3.2, --llm openai:gpt-5-mini, --llm gguf:models/llama-3.2-3b-q4_k_m.gguf",
  });
}
