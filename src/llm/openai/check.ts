import { HoldfastError, StepError } from "../../core/failure/index.ts";
import type { ModelInfo } from "../../core/model/index.ts";
import { networkError } from "../http/network-error.ts";
import { readAll } from "../http/read-all.ts";
import { didYouMean } from "../naming/did-you-mean.ts";
import { modelNote } from "../naming/model-note.ts";
import type { Place } from "./chat.ts";
import { refusalError } from "./fault.ts";
import { readModels, type ListedModel } from "./wire.ts";

/** Short timeouts, since metadata comes at once or not at all. */
const METADATA_TIMEOUTS = { firstByteMs: 30_000, idleMs: 30_000 };
/** How many models are listed after an unknown name. */
const MODELS_SHOWN = 20;

export interface CheckOptions {
  readonly model: string;
  /** The context length that the user gave. */
  readonly contextTokens: number | undefined;
  /** Whether the server is on another machine. */
  readonly isRemote: boolean;
  readonly signal: AbortSignal | undefined;
}

/**
 * Checks whether a model can be used, without a call that costs anything. Temporary faults do not fail the check: the
 * run has its retries. Everything else throws a `HoldfastError` (`model_unusable`).
 */
export async function checkModel(place: Place, options: CheckOptions): Promise<ModelInfo> {
  const { model, contextTokens, isRemote, signal } = options;
  const listed = await listModels(place, signal).catch((error: unknown) => unlisted(error, place));
  if ("note" in listed) return { ...(contextTokens !== undefined && { contextTokens }), notes: [listed.note] };

  const found = listed.models.find(({ id }) => id === model) ?? notThere(model, listed.models, place);
  const madeForTokens = found.max_model_len ?? found.context_length ?? found.max_context_length ?? undefined;
  const used = Math.min(contextTokens ?? Infinity, madeForTokens ?? Infinity);
  const usedTokens = Number.isFinite(used) ? used : undefined;
  return {
    ...(usedTokens !== undefined && { contextTokens: usedTokens }),
    notes: [
      modelNote({ name: model, madeForTokens, usedTokens }) + (usedTokens === undefined ? SAY_CONTEXT : ""),
      ...(isRemote ? [`What you import is sent to ${place.server}.`] : []),
    ],
  };
}

const SAY_CONTEXT = " (the server does not report it; set it yourself)";

type Listed = { readonly models: readonly ListedModel[] } | { readonly note: string };

async function listModels(
  { transport, headers, server, hide }: Place,
  signal: AbortSignal | undefined,
): Promise<{ readonly models: readonly ListedModel[] }> {
  try {
    const answer = await transport({ method: "GET", path: "/models", headers, signal, timeouts: METADATA_TIMEOUTS });
    const text = await readAll(answer);
    if (answer.status !== 200) throw refusalError(answer, hide(text));
    const models = readModels(text);
    if (models) return { models };
    throw new StepError("input", `The server at ${server} is not an OpenAI-compatible API.`, { rawAnswer: text });
  } catch (error) {
    signal?.throwIfAborted();
    throw error instanceof StepError ? error : networkError(error, server);
  }
}

/** The result without a list of models: some servers have none, and some faults are temporary. */
function unlisted(error: unknown, { server }: Place): Listed {
  if (!(error instanceof StepError)) throw error;
  const isUnreached = error.cause !== undefined;
  if (!isUnreached && (error.kind === "transient" || error.kind === "rate_limit")) {
    return { note: `The model could not be looked up in advance, which may be temporary. ${error.message}` };
  }
  if (error.kind === "auth") {
    throw new HoldfastError("model_unusable", `The model cannot be used (${server}). ${error.message}`, {
      cause: error,
      hint: "The key is read only from OPENAI_API_KEY; a local server needs none.",
    });
  }
  throw new HoldfastError("model_unusable", `Cannot use a model at ${server}. ${error.message}`, {
    cause: error,
    hint: { kind: "start_openai_server" },
  });
}

function notThere(model: string, listed: readonly ListedModel[], { server }: Place): never {
  const names = listed.map(({ id }) => id);
  const meant = didYouMean(model, names);
  const question = meant.length === 0 ? "" : ` Did you mean ${meant.map((name) => `"${name}"`).join(" or ")}?`;
  const more = names.length > MODELS_SHOWN ? ` and ${names.length - MODELS_SHOWN} more` : "";
  throw new HoldfastError("model_unusable", `There is no model "${model}" (${server}).${question}`, {
    hint:
      names.length === 0
        ? "The server has no models yet."
        : `Available: ${names.slice(0, MODELS_SHOWN).join(", ")}${more}.`,
  });
}
