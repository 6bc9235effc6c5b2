import { z } from "zod";
import { cutText } from "../../text/index.ts";
import { StepError } from "../../core/failure/index.ts";
import type { ToldLimits } from "../../core/base/index.ts";
import type { EmbedAnswer, Embedding } from "../../core/model/index.ts";
import { failureOf, judge, saidInAnswer, saidInRefusal } from "../faults/index.ts";
import { networkError } from "../http/network-error.ts";
import { MOST_BYTES_OF_REFUSAL, readAll } from "../http/read-all.ts";
import { toldLimits } from "../limits/index.ts";
import type { Place } from "./model-facts.ts";

export interface EmbedCall {
  /** What the request says besides its texts. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly values: readonly string[];
  readonly signal: AbortSignal | undefined;
}

/** An answer that broke off was worked on: what it has used is estimated by who counts. */
const UNCOUNTED = { outputTokens: 0 };

/** So much of a request or an answer is kept as evidence. */
const KEPT_CHARS = 4_000;

/**
 * Makes one call of `POST /api/embed`. Every fault becomes a `StepError`; an abort rejects at once with `signal.reason`.
 * Whether the vectors are sound is for whoever asked.
 */
export async function embed(
  { transport, address }: Place,
  { settings, values, signal }: EmbedCall,
): Promise<EmbedAnswer> {
  const body = JSON.stringify({ ...settings, input: values });
  const request = cutText(body, KEPT_CHARS);
  let limits: ToldLimits | undefined;
  let hasBegun = false;
  try {
    const answer = await transport({ method: "POST", path: "/api/embed", body, signal });
    limits = toldLimits(answer.headers);
    const isRefused = answer.status !== 200;
    hasBegun = !isRefused;
    const raw = await readAll(answer, isRefused ? MOST_BYTES_OF_REFUSAL : undefined);
    const evidence = { request, rawAnswer: cutText(raw, KEPT_CHARS), limits };
    if (isRefused) throw failureOf(judge(saidInRefusal(answer, raw), "ollama"), evidence);
    const read = parse(raw);
    if (read?.error !== undefined) throw failureOf(judge(saidInAnswer(read.error), "ollama"), evidence);
    if (read?.embeddings === undefined) {
      throw new StepError("transient", "The response is not from Ollama: it holds no embeddings.", {
        ...evidence,
        usage: UNCOUNTED,
      });
    }
    const { prompt_eval_count: tokens } = read;
    const usage = typeof tokens === "number" && tokens > 0 ? { inputTokens: tokens } : {};
    // Whoever asked looks at them number by number.
    return { embeddings: read.embeddings as readonly Embedding[], usage, ...(limits && { limits }) };
  } catch (error) {
    signal?.throwIfAborted();
    throw networkError(error, `Ollama at ${address}`, { request, limits, ...(hasBegun && { usage: UNCOUNTED }) });
  }
}

const embedAnswer = z.object({
  embeddings: z.array(z.unknown()).optional(),
  prompt_eval_count: z.unknown().optional(),
  error: z.unknown().optional(),
});

function parse(text: string): z.infer<typeof embedAnswer> | undefined {
  try {
    return embedAnswer.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
