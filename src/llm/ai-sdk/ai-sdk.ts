import {
  DEFAULT_MAX_OUTPUT_TOKENS,
  type GenerateAnswer,
  type GenerateRequest,
  type Model,
  type ModelInfo,
} from "../../core/model/index.ts";
import type { JsonValue } from "../../core/base/index.ts";
import { failureAfterTrial, LearntRoom, roomInContext } from "../faults/index.ts";
import { isThisMachine } from "../http/this-machine.ts";
import type { HttpTimeouts } from "../http/transport.ts";
import { assertAiSdkModel, type AiSdkModel } from "./ai-sdk-model.ts";
import { ask, failureIn, type Place } from "./ask.ts";
import { callOptions, type CallSettings } from "./call-options.ts";
import { aboutModel, checkModel, type CheckOptions } from "./check.ts";
import { addressOf } from "./insides.ts";
import { namesOf } from "./provider-names.ts";
import { ALL_TAKEN, withoutRefused, type SentFields } from "./taken-fields.ts";
import { tryModel } from "./trial.ts";

/** Settings of {@link createAiSdk}. */
export interface AiSdkOptions {
  /** Tokens of context of the model: no package of the SDK says how many. */
  readonly contextTokens?: number;
  /** @default the model's own */
  readonly temperature?: number;
  /** The most tokens of an answer whose request does not say, thinking included. @default 8192 */
  readonly maxOutputTokens?: number;
  /** Options by provider, as the SDK has them: `{ anthropic: { effort: "low" } }`; without a name they are the model's own provider's. */
  readonly providerOptions?: Readonly<Record<string, JsonValue>>;
  /** Headers of each call. The key has its place in the provider's own settings. */
  readonly headers?: Readonly<Record<string, string>>;
  /** How long to wait for the answer's beginning and for its next piece; what is absent has its default. */
  readonly timeouts?: Pick<HttpTimeouts, "firstByteMs" | "idleMs">;
}

/**
 * Any model of the Vercel AI SDK: what a provider's package makes, such as `anthropic("claude-sonnet-5")` of
 * `@ai-sdk/anthropic`. Nothing is retried by the SDK. Faults, endings, usage and limits are those of all other models.
 *
 * @example
 * ```ts
 * import { createOpenAI } from "@ai-sdk/openai";
 * import { createAiSdk } from "holdfast/llm";
 * import { startFakeOpenAI } from "holdfast/testing";
 *
 * // The server of a test; a provider's own model needs no more than its name and a key.
 * await using server = await startFakeOpenAI({ answer: () => "Kelp grips rock." });
 * const provider = createOpenAI({ baseURL: server.url, apiKey: "key-of-a-test" });
 * const model = createAiSdk(provider.chat("m"));
 * const { text, usage } = await model.generate({ prompt: "What does kelp do?" });
 * console.log(model.id, text, usage);
 * // prints: openai:m Kelp grips rock. { inputTokens: 5, outputTokens: 4 }
 * ```
 */
export function createAiSdk(model: AiSdkModel, options: AiSdkOptions = {}): Model {
  assertAiSdkModel(model);
  refuseBadOptions(options);
  const { modelId, provider } = model;
  const { temperature, maxOutputTokens = DEFAULT_MAX_OUTPUT_TOKENS, providerOptions = {}, headers = {} } = options;
  const names = namesOf(provider);
  const address = addressOf(model);
  const id = `${names.name}:${modelId}`;
  const place: Place = {
    model,
    server: address === undefined ? names.name : `${names.name} at ${address}`,
    keyVariable: names.keyVariable,
    timeouts: { ...DEFAULT_TIMEOUTS, ...options.timeouts },
  };
  const settingsNow = async (): Promise<CallSettings> => ({
    version: model.specificationVersion,
    optionsKey: names.optionsKey,
    fetched: (await model.supportedUrls) ?? {},
    temperature,
    providerOptions,
    headers,
  });
  const checked = async (): Promise<CheckOptions> => ({
    place,
    settings: await settingsNow(),
    contextTokens: options.contextTokens,
    isLocal: address !== undefined && isThisMachine(new URL(address).hostname),
  });
  /** What the provider takes, learnt from its refusals, for as long as the model lives. */
  let taken = ALL_TAKEN;
  const learnt = new LearntRoom();

  return {
    id,
    lane: names.name,
    fingerprint: fingerprintOf(id, { provider, address, temperature, providerOptions }),
    billedAs: names.billedAs === undefined ? undefined : `${names.billedAs}/${modelId.replace(/^models\//, "")}`,
    check: async (signal?: AbortSignal): Promise<ModelInfo> => checkModel(await checked(), signal),
    inspect: async (): Promise<ModelInfo> => aboutModel(await checked()),
    async generate(request: GenerateRequest): Promise<GenerateAnswer> {
      const { onPart, signal } = request;
      const settings = await settingsNow();
      const characters = (request.system?.length ?? 0) + request.prompt.length;
      for (let refusals = 0; ; refusals += 1) {
        const asked = taken;
        const allowed = Math.min(request.maxOutputTokens ?? maxOutputTokens, asked.mostOutputTokens);
        const room = learnt.of(characters);
        const most = Math.min(allowed, room);
        const call = callOptions(settings, { ...request, maxOutputTokens: most }, asked);
        const outcome = await ask(place, {
          options: call,
          maxOutputTokens: most,
          cappedBy: room < allowed ? "context" : "cap",
          onPart,
          signal,
        });
        if ("answer" in outcome) return outcome.answer;
        const { refusal } = outcome;
        const mayAdapt = refusals < MOST_REFUSALS && !refusal.said.isInAnswer;
        const told = mayAdapt ? roomInContext(refusal.said.text, most) : undefined;
        if (told !== undefined) {
          learnt.learn(told, characters);
          continue;
        }
        const takes = mayAdapt ? withoutRefused(asked, sentIn(call), refusal.said) : undefined;
        if (takes === undefined) {
          if (refusal.means.about !== "key or chat") throw failureIn(place, outcome);
          const trial = await tryModel(place, settings, signal);
          throw failureAfterTrial(refusal, trial, { ...outcome.details, keyFrom: place.keyVariable });
        }
        // Another call may have learnt the same, or something else, meanwhile.
        if (taken === asked) taken = takes;
      }
    },
  };
}

const sentIn = (call: Readonly<Record<string, unknown>>): SentFields => ({
  temperature: "temperature" in call,
  schema: "responseFormat" in call,
});

/** As those of the models that call servers themselves. */
const DEFAULT_TIMEOUTS = { firstByteMs: 900_000, idleMs: 300_000 };

/** There are so many fields that a provider may not take, and one of them may be lowered twice. */
const MOST_REFUSALS = 4;

interface Marks {
  readonly provider: string;
  readonly address: string | undefined;
  readonly temperature: number | undefined;
  readonly providerOptions: Readonly<Record<string, JsonValue>>;
}

/** Everything that changes answers, as readable text. */
function fingerprintOf(id: string, { provider, address, temperature, providerOptions }: Marks): string {
  const own = Object.keys(providerOptions).length === 0 ? "" : ` options=${JSON.stringify(providerOptions)}`;
  return `ai-sdk:${id} by=${provider} at=${address ?? "unknown"} temperature=${temperature ?? "default"}${own}`;
}

function refuseBadOptions({ contextTokens, maxOutputTokens, timeouts = {} }: AiSdkOptions): void {
  for (const [name, value] of Object.entries({ contextTokens, maxOutputTokens })) {
    if (value !== undefined && !(Number.isInteger(value) && value > 0)) {
      throw new RangeError(`Expected \`${name}\` to be a whole number above 0, got ${value}`);
    }
  }
  for (const [name, value] of Object.entries(timeouts)) {
    if (!(value > 0)) throw new RangeError(`Expected \`timeouts.${name}\` to be above 0, got ${value}`);
  }
}
