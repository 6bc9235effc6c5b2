import { HoldfastError, type Model } from "../index.ts";
import { createExtractive, createOllama, resolveOllamaUrl } from "../llm/index.ts";

/** What the command line says about the model. */
export interface ModelFlags {
  /** `extractive`, or `<provider>:<model>`. */
  readonly llm: string;
  readonly ollamaUrl?: string | undefined;
  readonly numCtx?: number | undefined;
}

type MakeModel = (model: string, flags: ModelFlags) => Model;

const PROVIDERS: Readonly<Record<string, MakeModel>> = {
  ollama: (model, { ollamaUrl, numCtx }) =>
    createOllama({
      model,
      baseUrl: resolveOllamaUrl({ flag: ollamaUrl, env: process.env }),
      ...(numCtx !== undefined && { numCtx }),
    }),
};

/** Makes the model that `--llm` names. */
export function chooseModel(flags: ModelFlags): Model {
  if (flags.llm === "extractive") return createExtractive();
  const [provider = "", ...rest] = flags.llm.split(":");
  const make = Object.hasOwn(PROVIDERS, provider) ? PROVIDERS[provider] : undefined;
  const model = rest.join(":");
  if (make && model !== "") return make(model, flags);
  const known = ["extractive", ...Object.keys(PROVIDERS).map((name) => `${name}:<model>`)].join(", ");
  throw new HoldfastError("usage", `Expected --llm to be one of ${known}, got ${JSON.stringify(flags.llm)}.`, {
    hint: "For example: --llm ollama:llama3.2",
  });
}
