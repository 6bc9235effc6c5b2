import { cutText } from "../../text/index.ts";
import { StepError } from "../../core/failure/index.ts";
import type { ToldLimits } from "../../core/base/index.ts";
import type { EmbedAnswer } from "../../core/model/index.ts";
import { usageIn } from "../answer/index.ts";
import { failureOf, isPage, judge, saidInAnswer, saidInRefusal } from "../faults/index.ts";
import { networkError } from "../http/network-error.ts";
import { MOST_BYTES_OF_REFUSAL, readAll } from "../http/read-all.ts";
import { toldLimits } from "../limits/index.ts";
import type { Place } from "./chat.ts";
import { readEmbeddings } from "./embedding-wire.ts";

/** What a request says besides its texts. */
export type EmbedSettings = Readonly<Record<string, unknown>>;

export interface EmbedCall {
  readonly settings: EmbedSettings;
  readonly values: readonly string[];
  readonly signal: AbortSignal | undefined;
}

/** An answer that broke off was worked on: what it has used is estimated by who counts. */
const UNCOUNTED = { outputTokens: 0 };

/** So much of a request or an answer is kept as evidence. */
const KEPT_CHARS = 4_000;

/**
 * Makes one call of `POST /embeddings`. Every fault becomes a `StepError`; an abort rejects at once with `signal.reason`.
 * Whether the vectors are sound is for whoever asked.
 */
export async function embed(place: Place, { settings, values, signal }: EmbedCall): Promise<EmbedAnswer> {
  const { transport, headers, hide, server } = place;
  const body = JSON.stringify({ ...settings, input: values });
  const request = cutText(body, KEPT_CHARS);
  let limits: ToldLimits | undefined;
  let hasBegun = false;
  try {
    const answer = await transport({ method: "POST", path: "/embeddings", body, headers, signal });
    limits = toldLimits(answer.headers);
    const isRefused = answer.status !== 200;
    hasBegun = !isRefused;
    const raw = await readAll(answer, isRefused ? MOST_BYTES_OF_REFUSAL : undefined);
    const evidence = { request, rawAnswer: hide(cutText(raw, KEPT_CHARS)), limits };
    if (isRefused || isPage(raw, {})) {
      const verdict = judge(saidInRefusal(answer, raw), "openai");
      const isDoubt = verdict.means.about === "key or chat" && values[0] !== TRIAL;
      const isTheirs = isDoubt && (await getsThrough(place, settings, signal));
      const theirs = { kind: "input", says: THEIRS, advice: undefined } as const;
      throw failureOf(verdict, { ...evidence, hide, ...(isTheirs && theirs) });
    }
    const list = readEmbeddings(raw);
    if (list === undefined) {
      throw new StepError("transient", "The response is no list of embeddings as OpenAI's API has it.", {
        ...evidence,
        usage: UNCOUNTED,
      });
    }
    if ("error" in list) throw failureOf(judge(saidInAnswer(list.error), "openai"), { ...evidence, hide });
    return { embeddings: list.embeddings, usage: usageIn(list.usage), ...(limits && { limits }) };
  } catch (error) {
    signal?.throwIfAborted();
    throw networkError(error, server, { request, limits, ...(hasBegun && { usage: UNCOUNTED }) });
  }
}

const THEIRS = "The server refuses these texts, and takes others with the same key";

/** A refusal without a word about the key may mean the texts: another one with the same key tells. */
async function getsThrough(place: Place, settings: EmbedSettings, signal: AbortSignal | undefined): Promise<boolean> {
  try {
    await embed(place, { settings, values: [TRIAL], signal });
    return true;
  } catch {
    signal?.throwIfAborted();
    return false;
  }
}

/** What is embedded to see whether a model can be used. */
export const TRIAL = "OK";
