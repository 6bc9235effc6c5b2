/** What a provider of the AI SDK is called in other places. */
export interface ProviderNames {
  /** In ids of models, and of the lane: `anthropic`. */
  readonly name: string;
  /** The key of its own options in `providerOptions`. */
  readonly optionsKey: string;
  /** In the list of prices; `undefined` for a provider that is not in it. */
  readonly billedAs: string | undefined;
  /** The variable that its package reads the key from. */
  readonly keyVariable: string | undefined;
}

interface Row {
  /** What `model.provider` is, or begins with before a dot. */
  readonly provider: string;
  /** @default provider */
  readonly name?: string;
  /** @default provider */
  readonly optionsKey?: string;
  readonly billedAs?: string;
  readonly keyVariable?: string;
}

/** Read in the packages' sources; the first row that fits decides. */
const ROWS: readonly Row[] = [
  { provider: "google.vertex", name: "google-vertex", optionsKey: "google" },
  { provider: "google", billedAs: "gemini", keyVariable: "GOOGLE_GENERATIVE_AI_API_KEY" },
  { provider: "vertex.anthropic", name: "google-vertex", optionsKey: "anthropic" },
  { provider: "anthropic", billedAs: "anthropic", keyVariable: "ANTHROPIC_API_KEY" },
  { provider: "mistral", billedAs: "mistral", keyVariable: "MISTRAL_API_KEY" },
  { provider: "openai", billedAs: "openai", keyVariable: "OPENAI_API_KEY" },
  { provider: "amazon-bedrock", optionsKey: "bedrock" },
  { provider: "azure", optionsKey: "openai", keyVariable: "AZURE_API_KEY" },
  { provider: "xai", billedAs: "xai", keyVariable: "XAI_API_KEY" },
  { provider: "groq", billedAs: "groq", keyVariable: "GROQ_API_KEY" },
  { provider: "deepseek", billedAs: "deepseek", keyVariable: "DEEPSEEK_API_KEY" },
  { provider: "cerebras", billedAs: "cerebras", keyVariable: "CEREBRAS_API_KEY" },
];

/** The names of the provider that a model says it is of: "google.generative-ai" is `google`. */
export function namesOf(provider: string): ProviderNames {
  const row = ROWS.find((each) => provider === each.provider || provider.startsWith(`${each.provider}.`));
  const first = provider.split(".")[0]?.trim() || "ai-sdk";
  return {
    name: row?.name ?? row?.provider ?? first,
    optionsKey: row?.optionsKey ?? row?.provider ?? first,
    billedAs: row?.billedAs,
    keyVariable: row?.keyVariable,
  };
}
