import { HoldfastError } from "../../core/failure/index.ts";
import { unquote, withoutSlash } from "../http/address-text.ts";

/** Where OpenAI's own API is. */
export const DEFAULT_OPENAI_URL = "https://api.openai.com/v1";

export interface OpenAIAddressSources {
  /** The value of `--openai-url`. */
  readonly flag?: string | undefined;
  /** The environment; `OPENAI_BASE_URL` is read from it. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** The address in the configuration file. */
  readonly config?: string | undefined;
}

/**
 * The base URL of an OpenAI-compatible API, without a slash at its end: flag > `OPENAI_BASE_URL` > configuration >
 * {@link DEFAULT_OPENAI_URL}. A server's address without a path gets `/v1`, where all of them have this API.
 * Throws a `HoldfastError` (`usage`) that names what is not an address and where it came from.
 */
export function resolveOpenAIUrl(sources: OpenAIAddressSources = {}): string {
  const candidates = [
    ["--openai-url", sources.flag],
    ["OPENAI_BASE_URL", sources.env?.["OPENAI_BASE_URL"]],
    ["`openaiUrl` in the configuration", sources.config],
  ] as const;
  for (const [name, value] of candidates) {
    const address = unquote(value ?? "");
    if (address !== "") return urlOf(address) ?? refuse(name, address);
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

function refuse(source: string, address: string): never {
  throw new HoldfastError("usage", `"${address}" is not an address of an API. It came from ${source}.`, {
    hint: "Give a URL with http:// or https://, such as http://127.0.0.1:1234/v1 or https://openrouter.ai/api/v1.",
  });
}
