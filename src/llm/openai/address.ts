import { HoldfastError, type AddressSource } from "../../core/failure/index.ts";
import { unquote, withoutSlash } from "../http/address-text.ts";

/** Where OpenAI's own API is. */
export const DEFAULT_OPENAI_URL = "https://api.openai.com/v1";

export interface OpenAIAddressSources {
  /** An address that the user gave, such as a flag of a command line. It comes first. */
  readonly flag?: string | undefined;
  /** The environment; `OPENAI_BASE_URL` is read from it. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** The address in the configuration file. */
  readonly config?: string | undefined;
}

/**
 * The base URL of an OpenAI-compatible API, without a slash at its end: flag > `OPENAI_BASE_URL` > configuration >
 * {@link DEFAULT_OPENAI_URL}. A server's address without a path gets `/v1`, where all of them have this API.
 * Throws a `HoldfastError` (`usage`) that names what is not an address; its hint says where that came from.
 */
export function resolveOpenAIUrl(sources: OpenAIAddressSources = {}): string {
  const candidates = [
    ["given", sources.flag],
    ["environment", sources.env?.["OPENAI_BASE_URL"]],
    ["configuration", sources.config],
  ] as const;
  for (const [source, value] of candidates) {
    const address = unquote(value ?? "");
    if (address !== "") return urlOf(address) ?? refuse(source, address);
  }
  return DEFAULT_OPENAI_URL;
}

function urlOf(address: string): string | undefined {
  if (!/^https?:\/\//i.test(address) || !URL.canParse(address)) return undefined;
  const url = new URL(address);
  if (url.search !== "" || url.hash !== "") return undefined;
  const base = withoutSlash(url.href).replace(/\/chat\/completions$/, "");
  return new URL(base).pathname === "/" ? `${base}/v1` : base;
}

function refuse(source: AddressSource, address: string): never {
  throw new HoldfastError("usage", `"${address}" is not an address of an API.`, {
    hint: { kind: "give_model_address", server: "openai", source },
  });
}
