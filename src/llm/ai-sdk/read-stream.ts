import type { TokenUsage } from "../../core/model/index.ts";
import { TimeoutError } from "../../retry/index.ts";
import type { RawAnswer, ReceivedText } from "../answer/index.ts";
import type { Deadline } from "../http/deadline.ts";
import type { AiSdkStream } from "./ai-sdk-model.ts";
import { at, textIn } from "./fields.ts";
import { endingInEvent, toldEnding } from "./told-ending.ts";
import { usageIn, usageInEvent } from "./told-usage.ts";

/** What has been told of an answer so far, beside its text. */
export interface Told {
  /** The word that ended it. */
  ending: string | undefined;
  isRefusal: boolean;
  usage: TokenUsage;
}

export interface Reading {
  readonly raw: RawAnswer;
  readonly text: ReceivedText;
  readonly told: Told;
  readonly deadline: Deadline;
  /** Rejects when the reading has to end. */
  readonly stopped: Promise<never>;
}

/** How long the rest of a stream may take when its answer has ended. */
const GRACE_MS = 2_000;

/**
 * Reads a model's stream of parts. Beside them it has the provider's own events, which tell usage and the end before the
 * package does: some packages wait for the connection to close. What comes after the end takes nothing away. Returns the error
 * that a package reports.
 */
export async function readStream(stream: AiSdkStream, reading: Reading): Promise<Reported | undefined> {
  const { told, stopped } = reading;
  const reader = stream.getReader();
  try {
    for (;;) {
      const next = reader.read();
      next.catch(() => {});
      const { done, value } = await Promise.race([next, stopped]);
      if (done) return undefined;
      const error = add(value, reading);
      if (error) return error;
    }
  } catch (error) {
    if (told.ending === undefined || !isOfConnection(error)) throw error;
    return undefined;
  } finally {
    reader.cancel().catch(() => {});
  }
}

/** What a package reports in its stream: an error or anything else. */
export interface Reported {
  readonly error: unknown;
}

function add(part: unknown, reading: Reading): Reported | undefined {
  const { text, told, deadline } = reading;
  const type = textIn(at(part, "type"));
  if (type === "error") return told.ending === undefined ? { error: at(part, "error") } : undefined;
  if (type === "raw") {
    addEvent(at(part, "rawValue"), reading);
    return undefined;
  }
  if (type === "text-delta" || type === "reasoning-delta") {
    const delta = textIn(at(part, "delta")) ?? "";
    text.add(type === "text-delta" ? { text: delta } : { thinking: delta }, { isWhole: told.ending !== undefined });
  } else if (type === "finish") {
    finish(part, reading);
  } else if (type === "tool-input-delta") {
    // It counts against the cap: there may be no end to it.
    text.add({}, { isWhole: told.ending !== undefined });
  }
  if (told.ending === undefined && type !== "ping") deadline.restart();
  return undefined;
}

function addEvent(event: unknown, { raw, told, deadline }: Reading): void {
  raw.add(`${JSON.stringify(event) ?? ""}\n`);
  told.usage = { ...told.usage, ...usageInEvent(event) };
  const ending = told.ending === undefined ? endingInEvent(event) : undefined;
  if (ending === undefined) return;
  told.ending = ending;
  deadline.set(GRACE_MS, "The connection stayed open");
}

/** What the package makes of the end counts: it knows a refusal, and a form that was asked for by a tool. */
function finish(part: unknown, { told, deadline }: Reading): void {
  const { ending, isRefusal } = toldEnding(at(part, "finishReason"));
  told.ending = ending ?? told.ending;
  told.isRefusal = isRefusal;
  // What the provider has said itself goes before what its package made of it: some leave thinking out.
  told.usage = { ...usageIn(at(part, "usage")), ...told.usage };
  if (told.ending !== undefined) deadline.set(GRACE_MS, "The connection stayed open");
}

/** Not what a step throws when it gets a piece, and not an abort. */
const isOfConnection = (error: unknown): boolean =>
  error instanceof TimeoutError ||
  (error instanceof Error && error.name === "AI_APICallError") ||
  error instanceof TypeError;
