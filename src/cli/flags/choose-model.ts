import { HoldfastError } from "../../core/failure/index.ts";
import type { Model } from "../../core/model/index.ts";
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
  /** Calls at once. */
  readonly concurrency?: number | undefined;
}

type MakeModel = (model: string, flags: ModelFlags) => Model;

const PROVIDERS: Readonly<Record<string, MakeModel>> = {
  ollama: (model, { ollamaUrl, numCtx }) =>
    createOllama({
      model,
      baseUrl: resolveOllamaUrl({ flag: ollamaUrl, env: process.env }),
      ...(numCtx !== undefined && { numCtx }),
    }),
  openai: (model, { openaiUrl, numCtx }) => {
    const apiKey = process.env["OPENAI_API_KEY"]?.trim();
    return createOpenAI({
      model,
      baseUrl: resolveOpenAIUrl({ flag: openaiUrl, env: process.env }),
      ...(apiKey && { apiKey }),
      ...(numCtx !== undefined && { contextTokens: numCtx }),
    });
  },
  gguf: (file, { numCtx, concurrency }) => {
    // The variable that llama.cpp's own programs read.
    const threads = Number(process.env["LLAMA_ARG_THREADS"]);
    return createGguf({
      file,
      ...(Number.isInteger(threads) && threads > 0 && { threads }),
      ...(numCtx !== undefined && { contextTokens: numCtx }),
      ...(concurrency !== undefined && { concurrency }),
    });
  },
};

/** The part after the colon. */
const NAMED: Readonly<Record<string, string>> = { gguf: "<file>" };

/** Makes the model that `--llm` names. */
export function chooseModel(flags: ModelFlags): Model {
  if (flags.llm === "extractive") return createExtractive();
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
