import { endingIn, endingOf } from "../answer/index.ts";
import { at, textIn } from "./fields.ts";

/** What a package says of how an answer ended. */
export interface ToldEnding {
  /** In the provider's own word where there is one, and else in the SDK's; `undefined` when it has not ended. */
  readonly ending: string | undefined;
  /** Whether the text is a refusal: packages put it there. */
  readonly isRefusal: boolean;
}

/** The SDK's own words, in those of the table of endings. "interrupted" is no end. */
const UNIFIED: Readonly<Record<string, string | undefined>> = {
  stop: "stop",
  length: "length",
  "content-filter": "content_filter",
  "tool-calls": "tool_calls",
  error: "error",
  interrupted: undefined,
};

/** Reads a finish reason: a word in v2, a word and the provider's own one since v3. */
export function toldEnding(reason: unknown): ToldEnding {
  const unified = textIn(reason) ?? textIn(at(reason, "unified"));
  const raw = endingIn(textIn(at(reason, "raw")));
  const own = unified !== undefined && unified in UNIFIED ? UNIFIED[unified] : unified;
  if (raw === undefined) return { ending: own, isRefusal: false };
  const means = endingOf(raw)?.means;
  // A form may be asked for by a tool, whose call is then the answer.
  if (unified === "stop" && means === "tool call") return { ending: own, isRefusal: false };
  return { ending: raw, isRefusal: unified === "content-filter" && means === "whole" };
}

/** How OpenAI's Responses end: with a reason only where it is no good one. */
const RESPONSE_ENDS = /^response\.(?:completed|incomplete)$/;

/** Where Gemini goes on in another request of the package's. */
const GOES_ON = "CONTINUATION";

/** The word with which a provider's own event ends the answer. What comes after it takes nothing away. */
export function endingInEvent(event: unknown): string | undefined {
  const word =
    textIn(at(event, "choices", 0, "finish_reason")) ??
    textIn(at(event, "candidates", 0, "finishReason")) ??
    textIn(at(event, "delta", "stop_reason")) ??
    (RESPONSE_ENDS.test(textIn(at(event, "type")) ?? "")
      ? (textIn(at(event, "response", "incomplete_details", "reason")) ?? "stop")
      : undefined);
  return word === GOES_ON ? undefined : endingIn(word);
}
