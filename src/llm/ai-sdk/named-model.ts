import { HoldfastError } from "../../core/failure/index.ts";
import type { Model } from "../../core/model/index.ts";
import { showAddress, unquote, withoutSlash } from "../http/address-text.ts";
import { fetchByTransport } from "../http/transport-fetch.ts";
import { createAiSdk, type AiSdkOptions } from "./ai-sdk.ts";
import { assertAiSdkModel } from "./ai-sdk-model.ts";
import { loadPackage, type NamedProvider } from "./packages.ts";

type Environment = Readonly<Record<string, string | undefined>>;

interface Variables {
  /** The first of them that is set holds the key. */
  readonly keys: readonly [string, ...(readonly string[])];
  readonly address: string;
  /** What stands behind an address that names no version. */
  readonly version: string;
}

/** Keys as the packages read them; addresses as the providers' own programs do, with or without the version. */
const VARIABLES: Readonly<Record<NamedProvider, Variables>> = {
  anthropic: { keys: ["ANTHROPIC_API_KEY"], address: "ANTHROPIC_BASE_URL", version: "v1" },
  google: {
    keys: ["GOOGLE_GENERATIVE_AI_API_KEY", "GEMINI_API_KEY"],
    address: "GOOGLE_GEMINI_BASE_URL",
    version: "v1beta",
  },
  mistral: { keys: ["MISTRAL_API_KEY"], address: "MISTRAL_BASE_URL", version: "v1" },
};

export interface NamedModel {
  readonly provider: NamedProvider;
  readonly model: string;
  readonly env: Environment;
}

/**
 * A model by its provider's name: `anthropic:claude-sonnet-5`. Throws a `HoldfastError`: `model_unusable` when the provider's package
 * is not installed or there is no key, `usage` for an address that is none.
 */
export async function createNamedModel(
  { provider, model, env }: NamedModel,
  options: AiSdkOptions = {},
): Promise<Model> {
  const baseURL = addressIn(provider, env);
  const make = await loadPackage(provider);
  const apiKey = keyIn(provider, env);
  const made = make({
    apiKey,
    ...(baseURL !== undefined && { baseURL }),
    fetch: fetchByTransport(),
  })(model);
  assertAiSdkModel(made);
  return createAiSdk(made, options);
}

function keyIn(provider: NamedProvider, env: Environment): string {
  const { keys } = VARIABLES[provider];
  const key = keys.map((name) => unquote(env[name] ?? "")).find((value) => value !== "");
  if (key !== undefined) return key;
  throw new HoldfastError(
    "model_unusable",
    `A model ${provider}:... needs a key, and ${keys.join(" and ")} ${keys.length > 1 ? "are" : "is"} not set.`,
    {
      hint: `Set ${keys[0]} in the environment. A key is read from nowhere else.`,
    },
  );
}

function addressIn(provider: NamedProvider, env: Environment): string | undefined {
  const { address, version } = VARIABLES[provider];
  const given = withoutSlash(unquote(env[address] ?? ""));
  if (given === "") return undefined;
  if (!/^https?:\/\//i.test(given) || !URL.canParse(given) || new URL(given).search !== "") {
    throw new HoldfastError(
      "usage",
      `${address} is not an address of an API: ${URL.canParse(given) ? showAddress(given) : `"${given}"`}.`,
      {
        hint: `For example: ${address}=https://gateway.example.org`,
      },
    );
  }
  return /\/v\d\w*$/i.test(given) ? given : `${given}/${version}`;
}
