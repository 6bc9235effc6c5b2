import { HoldfastError, StepError } from "../../core/failure/index.ts";
import type { ModelInfo } from "../../core/model/index.ts";
import { ConnectionError } from "../../retry/index.ts";
import { briefly, failureOf, isPage, judge, saidInRefusal, type About } from "../faults/index.ts";
import { networkError } from "../http/network-error.ts";
import { readAll } from "../http/read-all.ts";
import { didYouMean } from "../naming/did-you-mean.ts";
import { modelNote } from "../naming/model-note.ts";
import type { Place } from "./chat.ts";
import { findModel, readModels, type ListedModel } from "./listed-models.ts";
import { askForContext, type KnownContext } from "./server-context.ts";
import { tryModel } from "./try-model.ts";

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
  /** The name of the field with the most tokens of an answer. */
  readonly cap: string;
  /** Whether the model may be asked for one token when the list of models leaves a doubt. */
  readonly mayTry: boolean;
  readonly signal: AbortSignal | undefined;
}

/**
 * Checks whether a model can be used. The list of models is a help and no gate: many servers have none, or list other names
 * than those they answer to. When it leaves a doubt, one call of one token decides. Temporary faults do not fail the check:
 * the run has its retries. Everything else throws a `HoldfastError` (`model_unusable`).
 */
export async function checkModel(place: Place, options: CheckOptions): Promise<ModelInfo> {
  const { model, contextTokens, isRemote } = options;
  const list = await listModels(place, options.signal);
  const sent = isRemote ? [`What you import is sent to ${place.server}.`] : [];
  if (list.kind === "later") {
    return { ...(contextTokens !== undefined && { contextTokens }), notes: [list.note, ...sent] };
  }

  const models = list.kind === "listed" ? list.models : [];
  const named = findModel(models, model);
  const warnings = named ? [] : await warningsOn(place, options, list);
  const [only, ...others] = models;
  const known = named ?? (others.length === 0 && only?.isServedByAnyName ? only : undefined);
  const context = await contextOf(place, options, known);
  const used = Math.min(contextTokens ?? Infinity, context.contextTokens ?? Infinity);
  const usedTokens = Number.isFinite(used) ? used : undefined;
  const note = modelNote({ name: model, madeForTokens: context.madeForTokens, usedTokens });
  return {
    ...(usedTokens !== undefined && { contextTokens: usedTokens }),
    notes: [note + (usedTokens === undefined ? SAY_CONTEXT : ""), ...warnings, ...sent],
  };
}

const SAY_CONTEXT = " (the server does not report it; set it yourself)";

/** What came of the look at the list. */
type List =
  | { readonly kind: "listed"; readonly models: readonly ListedModel[] }
  /** There is none for us; `about` is what its refusal was about, and `said` what was said. */
  | { readonly kind: "none"; readonly about: About; readonly said: string; readonly error: StepError }
  /** It may be there later. */
  | { readonly kind: "later"; readonly note: string };

async function listModels(place: Place, signal: AbortSignal | undefined): Promise<List> {
  try {
    // A connection that was closed meanwhile breaks once.
    return await lookUp(place, signal).catch((error: unknown) => {
      signal?.throwIfAborted();
      if (!(error instanceof ConnectionError)) throw error;
      return lookUp(place, signal);
    });
  } catch (error) {
    signal?.throwIfAborted();
    const failure = networkError(error, place.server);
    // What a connection did not even begin for is not helped by starting the server.
    if (failure === error) throw new HoldfastError("model_unusable", failure.message, { cause: error });
    throw unreachable(failure, place);
  }
}

async function lookUp({ transport, headers, server, hide }: Place, signal: AbortSignal | undefined): Promise<List> {
  const answer = await transport({ method: "GET", path: "/models", headers, signal, timeouts: METADATA_TIMEOUTS });
  const raw = await readAll(answer);
  if (answer.status !== 200 || isPage(raw, answer.headers)) {
    const verdict = judge(saidInRefusal(answer, raw), "openai");
    const error = failureOf(verdict, { rawAnswer: raw, hide });
    if (error.kind !== "transient" && error.kind !== "rate_limit") {
      return { kind: "none", about: verdict.means.about, said: hide(briefly(verdict.said)), error };
    }
    const note = `The model could not be looked up in advance, which may be temporary. ${error.message}`;
    return { kind: "later", note };
  }
  const models = readModels(raw);
  if (models) return { kind: "listed", models };
  const says = `The server at ${server} has no list of models as an OpenAI-compatible API has it.`;
  const error = new StepError("input", says, { rawAnswer: hide(raw) });
  return { kind: "none", about: "address", said: "what it gives is none", error };
}

/** What is said of a model that the list does not name. Throws when it cannot be used. */
async function warningsOn(place: Place, options: CheckOptions, list: Exclude<List, { kind: "later" }>) {
  const { model, mayTry, cap, signal } = options;
  const models = list.kind === "listed" ? list.models : [];
  const question = questionOn(model, models);
  const absent =
    list.kind === "listed"
      ? `The server's list of models has no "${model}".`
      : `The server does not list its models (${list.said}).`;
  if (!mayTry) {
    // Without a call there is no more to be known.
    if (list.kind === "none" && ["key", "account", "money"].includes(list.about)) throw refused(list, place);
    return [`${absent}${question} A run first tries it with a call of one token.`];
  }
  const trial = await tryModel(place, { model, cap, signal });
  if (trial.outcome === "answers") return [`${absent} It answers to "${model}" all the same.`];
  if (trial.outcome === "unknown")
    return [`${absent}${question} It could not be tried in advance. ${trial.error.message}`];
  if (trial.about === "model" && list.kind === "listed") throw notThere(trial.error, options, models, place);
  throw refused(trial, place);
}

/** How long the context is: what the list says, else what a local server says elsewhere. */
async function contextOf(
  place: Place,
  { model, signal }: CheckOptions,
  known: ListedModel | undefined,
): Promise<KnownContext> {
  if (known?.contextTokens !== undefined) return known;
  const found = known && (await askForContext(place, { model, ownedBy: known.ownedBy }, signal));
  return found ?? { contextTokens: undefined, madeForTokens: undefined };
}

function questionOn(model: string, models: readonly ListedModel[]): string {
  const meant = didYouMean(
    model,
    models.map(({ id }) => id.replace(/^models\//, "")),
  );
  return meant.length === 0 ? "" : ` Did you mean ${meant.map((name) => `"${name}"`).join(" or ")}?`;
}

function unreachable(error: StepError, { server }: Place): HoldfastError {
  return new HoldfastError("model_unusable", `Cannot use a model at ${server}. ${error.message}`, {
    cause: error,
    hint: { kind: "start_openai_server" },
  });
}

function refused({ about, error }: { readonly about: About; readonly error: StepError }, place: Place): HoldfastError {
  if (about === "address" || about === "model") return unreachable(error, place);
  const isKey = about === "key" || about === "key or chat";
  return new HoldfastError("model_unusable", `The model cannot be used (${place.server}). ${error.message}`, {
    cause: error,
    ...(isKey && { hint: "The key is read only from OPENAI_API_KEY; a local server needs none." }),
  });
}

function notThere(
  error: StepError,
  { model }: CheckOptions,
  models: readonly ListedModel[],
  { server }: Place,
): HoldfastError {
  const names = models.map(({ id }) => id);
  const more = names.length > MODELS_SHOWN ? ` and ${names.length - MODELS_SHOWN} more` : "";
  const message = `There is no model "${model}" (${server}).${questionOn(model, models)} ${error.message}`;
  return new HoldfastError("model_unusable", message, {
    cause: error,
    hint:
      names.length === 0
        ? "The server has no models yet."
        : `Available: ${names.slice(0, MODELS_SHOWN).join(", ")}${more}.`,
  });
}
