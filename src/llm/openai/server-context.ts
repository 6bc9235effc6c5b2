import { readAll } from "../http/read-all.ts";
import type { Place } from "./chat.ts";
import { contextInProps, findModel, readModels } from "./listed-models.ts";

/** How long a context is, in tokens. */
export interface KnownContext {
  readonly contextTokens: number | undefined;
  readonly madeForTokens: number | undefined;
}

interface Page {
  readonly path: (model: string) => string;
  readonly read: (json: string, model: string) => KnownContext | undefined;
}

/** Where local servers say what their list of models does not, beside the API: they cost nothing to ask. */
const PAGES: readonly Page[] = [
  {
    // llama.cpp's server; the name matters where it serves several models.
    path: (model) => `/props?model=${encodeURIComponent(model)}`,
    read(json) {
      const contextTokens = contextInProps(json);
      return contextTokens === undefined ? undefined : { contextTokens, madeForTokens: contextTokens };
    },
  },
  // LM Studio.
  { path: () => "/api/v0/models", read: (json, model) => findModel(readModels(json) ?? [], model) },
];

const TIMEOUTS = { firstByteMs: 5_000, idleMs: 5_000 };

/** Asks a local server for the context of a model; `undefined` when it does not say. Faults count as that. */
export async function askForContext(
  { root, headers }: Pick<Place, "root" | "headers">,
  model: string,
  signal: AbortSignal | undefined,
): Promise<KnownContext | undefined> {
  for (const { path, read } of PAGES) {
    try {
      const answer = await root?.({ method: "GET", path: path(model), headers, signal, timeouts: TIMEOUTS });
      const text = answer && (await readAll(answer));
      const found = answer?.status === 200 && text !== undefined ? read(text, model) : undefined;
      if (found?.contextTokens !== undefined) return found;
    } catch {
      signal?.throwIfAborted();
    }
  }
  return undefined;
}
