import { HoldfastError, StepError } from "../../core/failure/index.ts";
import type { ModelInfo } from "../../core/model/index.ts";
import { MOST_BYTES_OF_REFUSAL, readAll } from "../http/read-all.ts";
import { failureOf, judge, saidInRefusal } from "../faults/index.ts";
import { loadBody, type ChatSettings } from "./chat-body.ts";
import { didYouMean } from "../naming/did-you-mean.ts";
import { modelNote } from "../naming/model-note.ts";
import { networkError } from "../http/network-error.ts";
import { describeModel, isSameModel, listModels, listRunning, type ModelFacts, type Place } from "./model-facts.ts";
import type { TaggedModel } from "./wire.ts";

/** The result of a check. */
export interface CheckedModel {
  readonly facts: ModelFacts;
  readonly info: ModelInfo;
}

/**
 * Checks whether a model can be used, and loads it with the run's own settings unless `isLoaded` is false. Temporary
 * faults, such as a full queue, do not fail the check: the run has its retries. Everything else throws a
 * `HoldfastError` (`model_unusable`).
 */
export async function checkModel(
  place: Place,
  model: string,
  settle: (facts: ModelFacts) => ChatSettings,
  signal: AbortSignal | undefined,
  { isLoaded }: { readonly isLoaded: boolean } = { isLoaded: true },
): Promise<CheckedModel> {
  const listed = await listModels(place, signal).catch((error: unknown) => unreachable(error, place));
  const facts = await describeModel(place, model, listed, signal).catch((error: unknown) =>
    isMissing(error, model, listed) ? notThere(error, model, listed, place) : unusable(error, model),
  );
  if (!facts.canChat) {
    throw new HoldfastError("model_unusable", `The model "${model}" cannot chat: it only makes embeddings.`, {
      hint: `Choose another model. ${listOf(listed)}`,
    });
  }
  const settings = settle(facts);
  const { gpuShare, notes } = facts.isRemote ? REMOTE : isLoaded ? await warmUp(place, settings, signal) : UNLOADED;
  const note = modelNote({ name: model, madeForTokens: facts.contextTokens, usedTokens: settings.numCtx, gpuShare });
  return { facts, info: { contextTokens: settings.numCtx, notes: [note, ...notes] } };
}

interface WarmedUp {
  /** How much of the model is in the memory of a GPU, from 0 to 1; `undefined` when that is not known. */
  readonly gpuShare: number | undefined;
  readonly notes: readonly string[];
}

const REMOTE: WarmedUp = {
  gpuShare: undefined,
  notes: ["The model runs in Ollama's cloud: what you import is sent there."],
};
const UNLOADED: WarmedUp = { gpuShare: undefined, notes: [] };

/** Loads the model and finds out where it runs. */
async function warmUp(place: Place, settings: ChatSettings, signal: AbortSignal | undefined): Promise<WarmedUp> {
  try {
    await load(place, settings, signal);
    return { gpuShare: await gpuShareOf(place, settings.model, signal), notes: [] };
  } catch (error) {
    if (!(error instanceof StepError) || !passes(error)) return unusable(error, settings.model);
    const note = `The model could not be loaded in advance, which may be temporary. ${error.message}`;
    return { gpuShare: undefined, notes: [note] };
  }
}

async function load(
  { transport, address }: Place,
  settings: ChatSettings,
  signal: AbortSignal | undefined,
): Promise<void> {
  const body = loadBody(settings);
  try {
    const answer = await transport({ method: "POST", path: "/api/chat", body, signal });
    const rawAnswer = await readAll(answer, MOST_BYTES_OF_REFUSAL);
    if (answer.status === 200) return;
    throw failureOf(judge(saidInRefusal(answer, rawAnswer), "ollama"), { request: body, rawAnswer, isLoading: true });
  } catch (error) {
    signal?.throwIfAborted();
    throw networkError(error, `Ollama at ${address}`, { request: body });
  }
}

async function gpuShareOf(place: Place, model: string, signal: AbortSignal | undefined): Promise<number | undefined> {
  const running = (await listRunning(place, signal)).find(({ name }) => isSameModel(name, model));
  if (running?.size === undefined || running.size === 0) return undefined;
  return Math.min(1, (running.size_vram ?? 0) / running.size);
}

/** Whether a run's retries can recover from it. */
const passes = ({ kind }: StepError): boolean => kind === "transient" || kind === "rate_limit";

const isMissing = (error: unknown, model: string, listed: readonly TaggedModel[]): boolean =>
  error instanceof StepError && error.kind === "missing_model" && !listed.some(({ name }) => isSameModel(name, model));

function unreachable(error: unknown, { address }: Place): never {
  if (!(error instanceof StepError)) throw error;
  throw new HoldfastError("model_unusable", `Cannot use Ollama at ${address}. ${error.message}`, {
    cause: error,
    hint: { kind: "start_ollama" },
  });
}

function notThere(error: unknown, model: string, listed: readonly TaggedModel[], { address }: Place): never {
  const meant = didYouMean(model, namesOf(listed));
  const question = meant.length === 0 ? "" : ` Did you mean ${meant.map((name) => `"${name}"`).join(" or ")}?`;
  throw new HoldfastError("model_unusable", `Ollama at ${address} has no model "${model}".${question}`, {
    cause: error,
    hint: `Run \`ollama pull ${model}\` to get it. ${listOf(listed)}`,
  });
}

function unusable(error: unknown, model: string): never {
  if (!(error instanceof StepError)) throw error;
  throw new HoldfastError("model_unusable", `The model "${model}" cannot be used. ${error.message}`, {
    cause: error,
    hint: `Try it with \`ollama run ${model}\`, or choose another model.`,
  });
}

const namesOf = (listed: readonly TaggedModel[]): readonly string[] => listed.map(({ name }) => name);

const listOf = (listed: readonly TaggedModel[]): string =>
  listed.length === 0 ? "No model is installed yet." : `Available: ${namesOf(listed).join(", ")}.`;
