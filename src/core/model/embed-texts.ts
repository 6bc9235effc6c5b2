import { cutText } from "../../text/index.ts";
import { classifyFailure, StepError } from "../failure/index.ts";
import type { Embed, EmbedAnswer, Embedding, EmbeddingModel } from "./embedding-model.ts";
import type { GenerateRequest, Model } from "./language-model.ts";
import { meterModel, type MeteredUse, type Metering } from "./metered-model.ts";
import { estimateTokens } from "./token-estimate.ts";
import { soundTokens } from "./usage.ts";

/** The embedding model of a run, and what its calls pass through. */
export interface MeteredEmbedding {
  readonly model: EmbeddingModel;
  readonly metering: Metering;
}

/** One call for vectors. */
type Call = (values: readonly string[]) => Promise<readonly Embedding[]>;

/**
 * Any embedding model, as steps see theirs: for what calls steps without a run, such as their tests.
 *
 * @example
 * ```ts
 * import { asEmbed } from "holdfast";
 * import { createOpenAIEmbedding } from "holdfast/llm";
 * import { startFakeOpenAI } from "holdfast/testing";
 *
 * // The server of a test. A step gets this as `ctx.embed`.
 * await using server = await startFakeOpenAI();
 * const embed = asEmbed(createOpenAIEmbedding({ model: "m", baseUrl: server.url, dimensions: 3 }));
 * const vector = await embed("kelp");
 * const [kelp, rock] = await embed(["kelp", "rock"]);
 * console.log(vector.length, kelp?.length, rock?.length, server.embeddingCalls.length);
 * // prints: 3 3 3 2
 * ```
 */
export const asEmbed = (model: EmbeddingModel): Embed =>
  embedWith(model, async (values) => soundAnswer(await model.embed({ values }), values).embeddings, estimateTokens);

/** The run's embedding model as one item sees it: each call waits for the lane, and is counted however it ends. */
export const meterEmbed = ({ model, metering }: MeteredEmbedding, use: MeteredUse): Embed =>
  embedWith(
    model,
    (values) => meteredCall(model, metering, { use, values }),
    (text) => metering.estimator.count(text),
  );

/** What `ctx.embed` is in a run without an embedding model. */
export const NO_EMBED: Embed = async () => {
  throw new StepError(
    "missing_model",
    "The step asks for vectors (`ctx.embed`), and the run has no embedding model. Give it one: `embeddingModel` of `runPipeline`, `--embed` on the command line, or `embed` in the configuration.",
  );
};

function embedWith(model: EmbeddingModel, call: Call, tokensOf: (text: string) => number): Embed {
  async function embed(given: string | readonly string[]): Promise<Embedding | readonly Embedding[]> {
    const texts = typeof given === "string" ? [given] : [...given];
    const wrong = texts.findIndex((text) => typeof text !== "string");
    if (wrong !== -1) throw new TypeError(`Expected texts to embed, got ${typeof texts[wrong]} at ${wrong}.`);
    const embeddings: Embedding[] = [];
    for (const values of batchesOf(texts, model, tokensOf)) {
      const vectors = await inHalves(values, call);
      const [first] = embeddings;
      if (first && vectors[0]?.length !== first.length) throw differing(first.length, vectors[0]?.length ?? 0);
      embeddings.push(...vectors);
    }
    return typeof given === "string" ? (embeddings[0] ?? []) : embeddings;
  }
  // The overloads say what comes of which texts.
  return embed as Embed;
}

/** Texts that are too much for one call are asked for in two: servers differ in what they take, and a single long one is found so. */
async function inHalves(values: readonly string[], call: Call): Promise<readonly Embedding[]> {
  try {
    return await call(values);
  } catch (error) {
    if (values.length === 1 || classifyFailure(error) !== "input_too_long") throw error;
    const half = Math.ceil(values.length / 2);
    const first = await inHalves(values.slice(0, half), call);
    return [...first, ...(await inHalves(values.slice(half), call))];
  }
}

/** The texts in as few calls as the model allows, in their order. A single text that is too long is left to its server to refuse. */
export function batchesOf(
  texts: readonly string[],
  { mostValues = Infinity, mostTokens = Infinity }: Pick<EmbeddingModel, "mostValues" | "mostTokens">,
  tokensOf: (text: string) => number,
): readonly (readonly string[])[] {
  const batches: string[][] = [];
  let last: string[] = [];
  let tokens = 0;
  for (const text of texts) {
    const more = tokensOf(text);
    if (last.length === 0 || last.length >= mostValues || tokens + more > mostTokens) {
      last = [];
      tokens = 0;
      batches.push(last);
    }
    last.push(text);
    tokens += more;
  }
  return batches;
}

/** A call for vectors is counted as one whose answer has no text. */
async function meteredCall(
  model: EmbeddingModel,
  metering: Metering,
  { use, values }: { readonly use: MeteredUse; readonly values: readonly string[] },
): Promise<readonly Embedding[]> {
  let embeddings: readonly Embedding[] = [];
  const asked: Model = {
    id: model.id,
    fingerprint: model.fingerprint,
    lane: model.lane,
    check: (signal) => model.check(signal),
    async generate({ signal }: GenerateRequest) {
      const answer = await model.embed({ values, ...(signal && { signal }) });
      const sound = soundAnswer(answer, values);
      embeddings = sound.embeddings;
      return { text: "", usage: usageOf(answer), limits: answer.limits };
    },
  };
  await meterModel(asked, metering, use).generate({ prompt: values.join("\n"), maxOutputTokens: 0 });
  return embeddings;
}

/** Nothing is written. */
const usageOf = ({ usage }: EmbedAnswer) => ({ ...soundTokens(usage), outputTokens: 0 });

/**
 * The answer, when it holds what was asked for: anybody may have written the model, and any server may answer. Throws a
 * `StepError` of kind `answer` otherwise, with what the call has used.
 */
function soundAnswer(answer: EmbedAnswer, values: readonly string[]): EmbedAnswer {
  const { embeddings } = answer;
  const fault = faultIn(embeddings, values.length);
  if (fault === undefined) return answer;
  throw new StepError("answer", `The vectors are not what was asked for: ${fault}.`, {
    usage: usageOf(answer),
    limits: answer.limits,
    rawAnswer: cutText(JSON.stringify(embeddings) ?? "", 2_000),
  });
}

function faultIn(embeddings: unknown, wanted: number): string | undefined {
  if (!Array.isArray(embeddings)) return "there are none";
  const lists: readonly unknown[] = embeddings;
  if (lists.length !== wanted) return `${lists.length} came for ${wanted} ${wanted === 1 ? "text" : "texts"}`;
  let length: number | undefined;
  for (const [at, vector] of lists.entries()) {
    if (!Array.isArray(vector) || vector.length === 0) return `number ${at + 1} is empty`;
    const numbers: readonly unknown[] = vector;
    // A sparse array has holes that `every` passes over.
    for (let i = 0; i < numbers.length; i += 1) {
      if (!Number.isFinite(numbers[i])) return `number ${at + 1} has something in it that is no number`;
    }
    length ??= numbers.length;
    if (numbers.length !== length) return `number ${at + 1} has ${numbers.length} dimensions, and the first ${length}`;
  }
  return undefined;
}

const differing = (first: number, later: number): StepError =>
  new StepError("answer", `The vectors are not what was asked for: some have ${first} dimensions, and some ${later}.`);
