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

/**
 * Where local servers say what their list of models does not, beside the API: it costs nothing to ask. They give themselves
 * away by whom they name as the owner of each model.
 */
const PAGE_OF_OWNER: ReadonlyMap<string, Page> = new Map([
  [
    // llama.cpp's server; the model's name matters where it serves several.
    "llamacpp",
    {
      path: (model) => `/props?model=${encodeURIComponent(model)}`,
      read(json) {
        const contextTokens = contextInProps(json);
        return { contextTokens, madeForTokens: contextTokens };
      },
    },
  ],
  // LM Studio.
  [
    "organization_owner",
    { path: () => "/api/v0/models", read: (json, model) => findModel(readModels(json) ?? [], model) },
  ],
]);

const TIMEOUTS = { firstByteMs: 5_000, idleMs: 5_000 };

/** Asks a local server for the context of a model; `undefined` when it does not say. Faults count as that. */
export async function askForContext(
  { root, headers }: Pick<Place, "root" | "headers">,
  { model, ownedBy }: { readonly model: string; readonly ownedBy: string },
  signal: AbortSignal | undefined,
): Promise<KnownContext | undefined> {
  const page = PAGE_OF_OWNER.get(ownedBy);
  if (page === undefined || root === undefined) return undefined;
  try {
    const answer = await root({ method: "GET", path: page.path(model), headers, signal, timeouts: TIMEOUTS });
    const text = await readAll(answer);
    return answer.status === 200 ? page.read(text, model) : undefined;
  } catch {
    signal?.throwIfAborted();
    return undefined;
  }
}
