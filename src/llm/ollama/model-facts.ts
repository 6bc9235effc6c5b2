import { StepError } from "../../core/failure/index.ts";
import { failureOf, judge, saidInRefusal } from "../faults/index.ts";
import { readAll } from "../http/read-all.ts";
import { networkError } from "../http/network-error.ts";
import type { HttpCall, Transport } from "../http/transport.ts";
import { readPs, readShow, readTags, type RunningModel, type ShownModel, type TaggedModel } from "./wire.ts";

/** What Ollama knows of a model. */
export interface ModelFacts {
  /** Of the model's content: the same name may be another model tomorrow. Absent for some cloud models. */
  readonly digest: string | undefined;
  /** The longest context it was made for, in tokens. */
  readonly contextTokens: number | undefined;
  /** False for models that only embed. Old versions do not report it and count as able to chat. */
  readonly canChat: boolean;
  readonly canThink: boolean;
  /** Some models always think; only the level can be set. */
  readonly thinksInLevels: boolean;
  /** It runs in the cloud. */
  readonly isRemote: boolean;
}

/** Short timeouts, since metadata comes at once or not at all. */
const METADATA_TIMEOUTS = { firstByteMs: 30_000, idleMs: 30_000 };

/** A server to ask about models, and its address for messages. */
export interface Place {
  readonly transport: Transport;
  readonly address: string;
}

/** The installed models. Throws a `StepError`, of kind `missing_model` when the server is not Ollama. */
export async function listModels(place: Place, signal: AbortSignal | undefined): Promise<readonly TaggedModel[]> {
  const text = await ask(place, { method: "GET", path: "/api/tags", signal });
  return readTags(text) ?? notOllama(place, text);
}

/** The models in memory. Throws a `StepError`. */
export async function listRunning(place: Place, signal: AbortSignal | undefined): Promise<readonly RunningModel[]> {
  const text = await ask(place, { method: "GET", path: "/api/ps", signal });
  return readPs(text) ?? notOllama(place, text);
}

/** The facts about a model; `listed` gives its digest. Throws a `StepError`, `missing_model` if it is not installed. */
export async function describeModel(
  place: Place,
  model: string,
  listed: readonly TaggedModel[],
  signal: AbortSignal | undefined,
): Promise<ModelFacts> {
  const text = await ask(place, { method: "POST", path: "/api/show", body: JSON.stringify({ model }), signal });
  const shown = readShow(text) ?? notOllama(place, text);
  const { capabilities } = shown;
  return {
    digest: listed.find(({ name }) => isSameModel(name, model))?.digest,
    contextTokens: contextLengthOf(shown),
    canChat: capabilities === undefined || capabilities.includes("completion"),
    canThink: capabilities?.includes("thinking") ?? false,
    thinksInLevels: /gpt-?oss/i.test(`${shown.details?.family} ${model}`),
    isRemote: (shown.remote_host ?? "") !== "",
  };
}

/** As Ollama compares names: case does not matter, and no tag means `latest`. */
export function isSameModel(a: string, b: string): boolean {
  const full = (name: string): string => (/:[^/]*$/.test(name) ? name : `${name}:latest`).toLowerCase();
  return full(a) === full(b);
}

/** The length stands under the name of the architecture: `llama.context_length`. */
function contextLengthOf({ model_info: info = {} }: ShownModel): number | undefined {
  const length = info[`${String(info["general.architecture"])}.context_length`];
  return typeof length === "number" && length > 0 ? length : undefined;
}

async function ask({ transport, address }: Place, call: HttpCall): Promise<string> {
  try {
    const answer = await transport({ ...call, timeouts: METADATA_TIMEOUTS });
    const text = await readAll(answer);
    if (answer.status !== 200) throw failureOf(judge(saidInRefusal(answer, text), "ollama"), { rawAnswer: text });
    return text;
  } catch (error) {
    call.signal?.throwIfAborted();
    throw networkError(error, `Ollama at ${address}`);
  }
}

function notOllama({ address }: Place, rawAnswer: string): never {
  throw new StepError("missing_model", `The server at ${address} is not Ollama.`, { rawAnswer });
}
