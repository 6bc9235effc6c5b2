import type { ToldLimits } from "../../core/base/index.ts";
import type { AnswerPart, GenerateAnswer, TokenUsage } from "../../core/model/index.ts";
import type { CutOff, StepError, StepErrorOptions } from "../../core/failure/index.ts";
import { acceptAnswer, RawAnswer, ReceivedText } from "../answer/index.ts";
import { failureOf, isPage, judge, saidInRefusal, type FailureOptions, type Verdict } from "../faults/index.ts";
import { createDeadline } from "../http/deadline.ts";
import { networkError } from "../http/network-error.ts";
import { MOST_BYTES_OF_REFUSAL } from "../http/read-all.ts";
import type { HttpTimeouts } from "../http/transport.ts";
import type { AiSdkModel, AiSdkStreamResult } from "./ai-sdk-model.ts";
import { toldLimits, type Headers } from "../limits/index.ts";
import { at, isFields } from "./fields.ts";
import { keyHiderOf } from "./insides.ts";
import { faultOf } from "./sdk-errors.ts";
import { readStream, type Told } from "./read-stream.ts";

/** A model, and what it is called in messages. */
export interface Place {
  readonly model: AiSdkModel;
  readonly server: string;
  readonly keyVariable: string | undefined;
  readonly timeouts: Required<Pick<HttpTimeouts, "firstByteMs" | "idleMs">>;
}

/** One call of a model. */
export interface AiSdkCallOptions {
  readonly options: Readonly<Record<string, unknown>>;
  /** The most tokens that the provider is told to give. */
  readonly maxOutputTokens: number;
  /** Why no more. */
  readonly cappedBy: CutOff;
  readonly onPart: ((part: AnswerPart) => void) | undefined;
  readonly signal: AbortSignal | undefined;
}

/** What came of a call: an answer, or what the provider says in place of one, with how a failure is made of it. */
export type AskOutcome =
  | { readonly answer: GenerateAnswer }
  | { readonly refusal: Verdict; readonly details: FailureOptions };

/**
 * Makes the call and reads the whole answer. A refusal is given back, as it may be the call's fields that are refused; every
 * other fault becomes a `StepError` with the request, what came back and what it has used. An abort rejects at once with
 * `signal.reason`, and a provider that says nothing for too long is let go.
 */
export async function ask(place: Place, call: AiSdkCallOptions): Promise<AskOutcome> {
  const { model, server, keyVariable, timeouts } = place;
  const { options, maxOutputTokens, cappedBy, onPart, signal } = call;
  signal?.throwIfAborted();
  const hide = await keyHiderOf(model);
  const raw = new RawAnswer();
  const told: Told = { ending: undefined, isRefusal: false, usage: {} };
  const { headers: _, ...asked } = options;
  let limits: ToldLimits | undefined;
  const evidence = (): StepErrorOptions => ({
    request: JSON.stringify({ model: model.modelId, ...asked }),
    rawAnswer: hide(raw.text),
    ...(hasCounts(told.usage) && { usage: told.usage }),
    ...(limits && { limits }),
  });
  /** What the caller threw when it got a piece. */
  let thrown: unknown;
  const onPiece = (part: AnswerPart): void => {
    try {
      onPart?.(part);
    } catch (error) {
      thrown = error;
      throw error;
    }
  };
  const text = new ReceivedText({ maxOutputTokens, onPart: onPiece, evidence });

  const stop = new AbortController();
  const { promise: stopped, reject } = Promise.withResolvers<never>();
  stopped.catch(() => {});
  const end = (reason: unknown): void => {
    reject(reason);
    stop.abort(reason);
  };
  const onAbort = (): void => end(signal?.reason);
  const deadline = createDeadline(end);
  let isInAnswer = false;
  const outcomeOf = (error: unknown): AskOutcome => {
    const refused = at(error, "responseHeaders");
    if (isFields(refused)) limits = toldLimits(refused as Headers);
    const details = evidence();
    if (thrown !== undefined && error === thrown) throw networkError(error, server, details);
    const fault = faultOf(error, { server, keyVariable, isInAnswer, hide, details });
    if ("error" in fault) throw fault.error;
    const body = bodyOf(error);
    return { refusal: fault.verdict, details: { ...details, ...(body !== undefined && { rawAnswer: body }), hide } };
  };
  signal?.addEventListener("abort", onAbort, { once: true });
  try {
    signal?.throwIfAborted();
    deadline.set(timeouts.firstByteMs, "No answer started");
    const begun = begin(model, { ...options, includeRawChunks: true, abortSignal: stop.signal });
    const result = await Promise.race([begun, stopped]);
    isInAnswer = true;
    limits = toldLimits(result.response?.headers ?? {});
    deadline.set(timeouts.idleMs, "Nothing more arrived");
    const page = pageIn(result);
    if (page) return { refusal: page, details: { ...evidence(), hide } };
    const reported = await readStream(result.stream, { raw, text, told, deadline, stopped });
    if (reported) return outcomeOf(reported.error);
    const refusal = told.isRefusal ? text.text : text.refusal;
    const { ending, usage } = told;
    const received = { text: text.text, thinking: text.thinking, refusal, ending, usage, maxOutputTokens, cappedBy };
    return { answer: { ...acceptAnswer(received, evidence), ...(limits && { limits }) } };
  } catch (error) {
    signal?.throwIfAborted();
    return outcomeOf(error);
  } finally {
    deadline.clear();
    signal?.removeEventListener("abort", onAbort);
    // Whatever is still under way is of no use any more.
    stop.abort();
  }
}

/** Also what a package throws at once becomes a rejection; one that nobody waits for any more is no error. */
function begin(model: AiSdkModel, options: object): Promise<AiSdkStreamResult> {
  const asked = (async () => model.doStream(options))();
  asked.catch(() => {});
  return asked;
}

const hasCounts = (usage: TokenUsage): boolean => usage.inputTokens !== undefined || usage.outputTokens !== undefined;

/** A web page in place of an answer: a package finds no events in it. */
function pageIn({ response }: AiSdkStreamResult): Verdict | undefined {
  const headers = response?.headers ?? {};
  return isPage("", headers) ? judge(saidInRefusal({ status: 200, headers }, ""), "ai-sdk") : undefined;
}

const bodyOf = (error: unknown): string | undefined =>
  error instanceof Error && "responseBody" in error && typeof error.responseBody === "string"
    ? error.responseBody.slice(0, MOST_BYTES_OF_REFUSAL)
    : undefined;

/** The failure that a refusal stands for, in the provider's words. */
export const failureIn = (
  place: Pick<Place, "keyVariable">,
  { refusal, details }: { readonly refusal: Verdict; readonly details: FailureOptions },
  more: FailureOptions = {},
): StepError => failureOf(refusal, { ...details, keyFrom: place.keyVariable, ...more });
