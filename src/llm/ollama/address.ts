import { HoldfastError, type AddressSource } from "../../core/failure/index.ts";
import { unquote, withoutSlash } from "../http/address-text.ts";

/** Ollama's default address. */
export const DEFAULT_OLLAMA_URL = "http://127.0.0.1:11434";

const DEFAULT_PORT = "11434";

export interface OllamaAddressSources {
  /** An address that the user gave, such as a flag of a command line. It comes first. */
  readonly flag?: string | undefined;
  /** The environment; `OLLAMA_HOST` is read from it. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** The address in the configuration file. */
  readonly config?: string | undefined;
}

/**
 * The base URL of Ollama, without a slash at its end: flag > `OLLAMA_HOST` > configuration > {@link
 * DEFAULT_OLLAMA_URL}. Each can be a URL, `host`, `host:port` or `:port`, read as Ollama reads `OLLAMA_HOST`: no scheme
 * means http and port 11434, a scheme brings its own port, and an address to listen on (`0.0.0.0`) becomes one to call.
 * Throws a `HoldfastError` (`usage`) that names what is not an address; its hint says where that came from.
 */
export function resolveOllamaUrl(sources: OllamaAddressSources = {}): string {
  const candidates = [
    ["given", sources.flag],
    ["environment", sources.env?.["OLLAMA_HOST"]],
    ["configuration", sources.config],
  ] as const;
  for (const [source, value] of candidates) {
    const address = unquote(value ?? "");
    if (address !== "") return urlOf(address) ?? refuse(source, address);
  }
  return DEFAULT_OLLAMA_URL;
}

function urlOf(address: string): string | undefined {
  const [, scheme, rest = ""] = /^(?:([a-z][a-z0-9+.-]*):\/\/)?(.*)$/i.exec(address) ?? [];
  const authority = bracketed(rest.replace(/\/.*$/, ""));
  const path = rest.slice(rest.replace(/\/.*$/, "").length);
  const text = `${scheme ?? "http"}://${authority.startsWith(":") ? `127.0.0.1${authority}` : authority}${path}`;
  if (!URL.canParse(text)) return undefined;

  const url = new URL(text);
  if (!/^https?:$/.test(url.protocol) || url.port === "0" || url.search !== "" || url.hash !== "") return undefined;
  if (scheme === undefined && !/:\d+$/.test(authority)) url.port = DEFAULT_PORT;
  url.hostname = CALLABLE_HOSTS[url.hostname] ?? url.hostname;
  return withoutSlash(url.href);
}

/** An IPv6 address alone is no authority: `::1` becomes `[::1]`. */
const bracketed = (authority: string): string =>
  /^[0-9a-f:]*:[0-9a-f:]*:[0-9a-f:.]*$/i.test(authority) ? `[${authority}]` : authority;

/** Addresses that mean "every interface" to a server and nothing to a client. */
const CALLABLE_HOSTS: Readonly<Record<string, string>> = { "0.0.0.0": "127.0.0.1", "[::]": "[::1]" };

function refuse(source: AddressSource, address: string): never {
  throw new HoldfastError("usage", `"${address}" is not an address of an Ollama server.`, {
    hint: { kind: "give_model_address", server: "ollama", source },
  });
}
