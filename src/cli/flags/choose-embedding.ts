import type { Command } from "commander";
import { HoldfastError } from "../../core/failure/index.ts";
import type { EmbeddingModel } from "../../core/model/index.ts";
import { createOllamaEmbedding, resolveOllamaUrl } from "../../llm/ollama/index.ts";
import { createOpenAIEmbedding, resolveOpenAIUrl } from "../../llm/openai/index.ts";
import type { ModelFlags } from "./choose-model.ts";

/** The flags of the embedding model; its server is that of the same provider's language models. */
export interface EmbeddingFlags extends Pick<ModelFlags, "ollamaUrl" | "openaiUrl" | "modelHeaders"> {
  /** `<provider>:<model>`. @default none */
  readonly embed?: string | undefined;
}

export const addEmbedFlag = (command: Command): Command =>
  command.option(
    "--embed <model>",
    "the embedding model of steps that use `ctx.embed`: ollama:<model>, openai:<model>",
  );

/** The flags of a command whose steps make no vectors: a setting of the configuration says nothing to it. */
export const withoutEmbed = <F extends { readonly embed?: string }>({ embed: _embed, ...flags }: F): Omit<F, "embed"> =>
  flags;

type MakeModel = (model: string, flags: EmbeddingFlags) => EmbeddingModel;

const PROVIDERS: Readonly<Record<string, MakeModel>> = {
  ollama: (model, { ollamaUrl }) =>
    createOllamaEmbedding({ model, baseUrl: resolveOllamaUrl({ flag: ollamaUrl, env: process.env }) }),
  openai: (model, { openaiUrl, modelHeaders }) => {
    const apiKey = process.env["OPENAI_API_KEY"]?.trim();
    return createOpenAIEmbedding({
      model,
      baseUrl: resolveOpenAIUrl({ flag: openaiUrl, env: process.env }),
      ...(apiKey && { apiKey }),
      ...(modelHeaders !== undefined && { headers: modelHeaders }),
    });
  },
};

/** Makes the embedding model that `--embed` names; `undefined` when it names none. */
export function chooseEmbedding(flags: EmbeddingFlags): EmbeddingModel | undefined {
  if (flags.embed === undefined) return undefined;
  const [provider = "", ...rest] = flags.embed.split(":");
  const make = Object.hasOwn(PROVIDERS, provider) ? PROVIDERS[provider] : undefined;
  const model = rest.join(":");
  if (make && model !== "") return make(model, flags);
  const known = Object.keys(PROVIDERS).map((name) => `${name}:<model>`);
  throw new HoldfastError(
    "usage",
    `Expected --embed to be one of ${known.join(", ")}, got ${JSON.stringify(flags.embed)}.`,
    { hint: "For example: --embed ollama:nomic-embed-text, --embed openai:text-embedding-3-small" },
  );
}
