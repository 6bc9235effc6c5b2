import { Agent as HttpAgent, type AgentOptions } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { StepError } from "../../core/failure/index.ts";
import { showAddress } from "./address-text.ts";
import { isThisMachine } from "./this-machine.ts";

/** What makes the connections of calls, and keeps them open. */
export type Agent = HttpAgent | HttpsAgent;

/**
 * Connections are kept open for the next call, but not for longer than this without one: servers close them after 2 to 75
 * seconds, and a call that meets such a connection breaks. It could be sent again, but nobody can tell it from a call that its
 * server died of. A new connection costs next to nothing beside an answer.
 */
const KEPT: AgentOptions = { keepAlive: true, timeout: 1_000 };

/** The address of the proxy that an agent goes through, as it may be shown; `undefined` when there is none. */
export const proxyOf = (agent: Agent): string | undefined =>
  "proxy" in agent && agent.proxy instanceof URL ? showAddress(agent.proxy.href) : undefined;

/**
 * The agent for an address: one that goes through the proxy that the environment names for it (`HTTPS_PROXY`, `HTTP_PROXY`,
 * `ALL_PROXY`, with exceptions in `NO_PROXY`), or a plain one. This machine itself is never asked through a proxy. Throws a
 * `StepError` (`missing_model`) for a proxy that is none.
 */
export async function agentFor(address: URL): Promise<Agent> {
  const isSecure = address.protocol === "https:";
  const proxy = await proxyFor(address);
  if (proxy === undefined) return plainAgent(isSecure);
  if (isSecure) {
    const { HttpsProxyAgent } = await import("https-proxy-agent");
    return new HttpsProxyAgent(proxy, KEPT);
  }
  const { HttpProxyAgent } = await import("http-proxy-agent");
  return new HttpProxyAgent(proxy, KEPT);
}

const plainAgent = (isSecure: boolean): Agent => (isSecure ? new HttpsAgent(KEPT) : new HttpAgent(KEPT));

/** The proxy for an address; `undefined` when there is none. Its password, if it has one, is part of it. */
export async function proxyFor(address: URL): Promise<URL | undefined> {
  if (isThisMachine(address.hostname)) return undefined;
  // Most runs have none: then nothing is loaded.
  if (!Object.keys(process.env).some((name) => /^(?:https?|all)_proxy$/i.test(name))) return undefined;
  const { getProxyForUrl } = await import("proxy-from-env");
  const named = getProxyForUrl(address.href);
  if (named === "") return undefined;
  const proxy = URL.canParse(named) ? new URL(named) : undefined;
  if (proxy && PROTOCOLS.has(proxy.protocol)) return proxy;
  const what = proxy
    ? `${showAddress(named)}, and only http: and https: proxies are supported`
    : "something that is no address";
  throw new StepError(
    "missing_model",
    `The proxy that the environment names for ${address.host} is ${what}. Correct HTTPS_PROXY, HTTP_PROXY or ALL_PROXY, or name the host in NO_PROXY.`,
  );
}

const PROTOCOLS: ReadonlySet<string> = new Set(["http:", "https:"]);
