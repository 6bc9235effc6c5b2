import { APICallError, generateText, streamText, type LanguageModel } from "ai";

/** How a call by the AI SDK ended, in a line: `stop/end_turn`, `APICallError 529 again`. */
export type Ending = string;

/** A whole answer asked for once. */
export async function askedOnce(model: LanguageModel): Promise<Ending> {
  return generateText({ model, prompt: "What is kelp?", maxRetries: 0 }).then(
    ({ finishReason, rawFinishReason, text }) => endingOf(finishReason, rawFinishReason, text),
    faultOf,
  );
}

/** The same as a stream: what it says at its end, or else the fault that it met. */
export async function streamedOnce(model: LanguageModel): Promise<Ending> {
  let fault: unknown;
  const { textStream, finishReason, rawFinishReason } = streamText({
    model,
    prompt: "What is kelp?",
    maxRetries: 0,
    onError: ({ error }) => (fault = error),
  });
  let text = "";
  const read = async (): Promise<void> => {
    for await (const delta of textStream) text += delta;
  };
  await read().catch((error: unknown) => (fault = error));
  const ends = await Promise.allSettled([finishReason, rawFinishReason]);
  if (fault !== undefined) return text === "" ? faultOf(fault) : `${faultOf(fault)} after text`;
  const [finish, raw] = ends.map((end) => (end.status === "fulfilled" ? end.value : "none"));
  return endingOf(finish ?? "none", raw, text);
}

const endingOf = (finish: string, raw: string | undefined, text: string): Ending =>
  `${finish}/${raw ?? "-"}${text === "" ? " without text" : ""}`;

/** The name without its prefix, the status, and whether it may be asked again. */
function faultOf(error: unknown): Ending {
  const { name, statusCode, isRetryable } = error as { name: string; statusCode?: number; isRetryable?: boolean };
  return `${name.replace(/^AI_/, "")} ${statusCode ?? "-"}${isRetryable === true ? " again" : ""}`;
}

/** What the fault of a call says: its status and its body as JSON. */
export async function refusalOf(call: PromiseLike<unknown>): Promise<{ status?: number; body: unknown }> {
  try {
    await call;
  } catch (error) {
    if (!APICallError.isInstance(error)) throw error;
    return { ...(error.statusCode !== undefined && { status: error.statusCode }), body: parsed(error.responseBody) };
  }
  throw new Error("The call was not refused");
}

const parsed = (text: string | undefined): unknown => JSON.parse(text ?? "null") as unknown;
