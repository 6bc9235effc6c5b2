import { HoldfastError } from "../../core/failure/index.ts";

/** The packages that names of models stand for, in the versions that this was written for. */
export const PACKAGES = {
  anthropic: { name: "@ai-sdk/anthropic", version: "4.0.105", makes: "createAnthropic" },
  google: { name: "@ai-sdk/google", version: "4.0.121", makes: "createGoogle" },
  mistral: { name: "@ai-sdk/mistral", version: "4.0.87", makes: "createMistral" },
} as const;

/** A provider of which a model has its name: `anthropic:<model>`. */
export type NamedProvider = keyof typeof PACKAGES;

/** What makes a provider's models, out of its settings. */
export type MakeProvider = (settings: object) => (model: string) => unknown;

/** Loads a provider's package, which is not installed with Holdfast. */
export async function loadPackage(provider: NamedProvider): Promise<MakeProvider> {
  const { name, version, makes } = PACKAGES[provider];
  const hint = `Run \`npm install ${name}@${version}\` where Holdfast is installed, and with -g if Holdfast was installed with -g.`;
  let loaded: Readonly<Record<string, unknown>>;
  try {
    // Not a literal: a bundler would resolve it, even for a program that never needs it.
    loaded = (await import(/* webpackIgnore: true */ /* @vite-ignore */ name)) as typeof loaded;
  } catch (cause) {
    throw new HoldfastError("model_unusable", sentenceFor(cause, provider), { cause, hint });
  }
  const make = loaded[makes];
  if (typeof make === "function") return make as MakeProvider;
  throw new HoldfastError("model_unusable", `The package ${name} has no ${makes}: its version is not known here.`, {
    hint,
  });
}

function sentenceFor(cause: unknown, provider: NamedProvider): string {
  const { name } = PACKAGES[provider];
  const message = cause instanceof Error ? cause.message : String(cause);
  return message.includes(`Cannot find package '${name}'`) || message.includes(`Cannot find module '${name}'`)
    ? `A model ${provider}:... needs the package ${name}, which is not installed.`
    : `The package ${name}, which a model ${provider}:... needs, cannot be loaded: ${message}`;
}
