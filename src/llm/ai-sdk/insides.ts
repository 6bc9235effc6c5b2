import { showAddress } from "../http/address-text.ts";
import { keyHider } from "../faults/index.ts";
import type { AiSdkModel } from "./ai-sdk-model.ts";

/**
 * What packages of today keep in a model's `config`, and do not promise: where it calls, and the headers with the key. Where it
 * is not there, as in a model that another one wraps, there is nothing to be known, and all else goes on.
 */
const configOf = (model: AiSdkModel): Readonly<Record<string, unknown>> =>
  "config" in model && typeof model.config === "object" && model.config !== null ? { ...model.config } : {};

/** The address of a model's API, as it may be shown. */
export function addressOf(model: AiSdkModel): string | undefined {
  const { baseURL, url } = configOf(model);
  try {
    const found: unknown =
      typeof baseURL === "string"
        ? baseURL
        : typeof url === "function"
          ? (url as (call: object) => unknown)({ path: "", modelId: model.modelId })
          : undefined;
    return typeof found === "string" && URL.canParse(found) ? showAddress(found) : undefined;
  } catch {
    return undefined;
  }
}

/** The headers that hold a key. */
export const KEY_HEADERS: ReadonlySet<string> = new Set([
  "authorization",
  "proxy-authorization",
  "x-api-key",
  "x-goog-api-key",
  "api-key",
]);

/** Takes the model's key out of a text: some servers repeat it when they refuse it. */
export async function keyHiderOf(model: AiSdkModel): Promise<(text: string) => string> {
  const hiders = (await keysOf(model)).map(keyHider);
  return (text) => hiders.reduce((hidden, hide) => hide(hidden), text);
}

async function keysOf(model: AiSdkModel): Promise<readonly string[]> {
  const { headers } = configOf(model);
  try {
    const found: unknown = await (typeof headers === "function" ? (headers as () => unknown)() : headers);
    if (typeof found !== "object" || found === null) return [];
    return Object.entries(found).flatMap(([name, value]: [string, unknown]) =>
      KEY_HEADERS.has(name.toLowerCase()) && typeof value === "string" ? [value.replace(/^Bearer /i, "")] : [],
    );
  } catch {
    // It has no key, and says so when it is called.
    return [];
  }
}
