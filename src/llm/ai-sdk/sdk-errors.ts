import { StepError, type FailureKind, type StepErrorOptions } from "../../core/failure/index.ts";
import { TimeoutError, ConnectionError } from "../../retry/index.ts";
import { judge, saidInAnswer, saidInRefusal, type Verdict } from "../faults/index.ts";
import { networkError } from "../http/network-error.ts";
import { at, isFields, textIn, type Fields } from "./fields.ts";

/** What an error of the SDK or of a provider's package stands for. */
export type SdkFault =
  /** The provider has refused the call, or has said in the answer that it cannot go on. */
  { readonly verdict: Verdict } | { readonly error: StepError };

export interface FaultPlace {
  /** Who is called, for messages. */
  readonly server: string;
  /** The variable that the provider's package reads the key from. */
  readonly keyVariable: string | undefined;
  /** Whether an answer had begun. */
  readonly isInAnswer: boolean;
  /** Takes the model's key out of a text. */
  readonly hide: (text: string) => string;
  readonly details: StepErrorOptions;
}

interface Row {
  /** The SDK's names of errors, which it keeps in all versions and copies of its packages. */
  readonly names: readonly string[];
  readonly kind: FailureKind;
  /** Without a full stop; the package's own words follow. */
  readonly says: string;
  readonly advice?: (place: FaultPlace) => string;
}

/** Errors that say all by their name. */
const ROWS: readonly Row[] = [
  {
    names: ["AI_LoadAPIKeyError"],
    kind: "auth",
    says: "There is no key for the provider",
    advice: ({ keyVariable }) =>
      keyVariable === undefined ? "Give its package one." : `Set ${keyVariable}, or give its package a key.`,
  },
  { names: ["AI_LoadSettingError"], kind: "missing_model", says: "A setting of the provider's package is missing" },
  { names: ["AI_NoSuchModelError"], kind: "missing_model", says: "The provider's package does not know the model" },
  { names: ["AI_NoSuchProviderError"], kind: "missing_model", says: "The provider is not known" },
  {
    names: ["AI_UnsupportedFunctionalityError"],
    kind: "input",
    says: "The provider's package cannot send what the request holds",
  },
  {
    names: ["AI_InvalidArgumentError"],
    kind: "missing_model",
    says: "The provider's package does not accept a setting",
    advice: () => "Change it in `providerOptions`, or in the model's own settings.",
  },
  { names: ["AI_InvalidPromptError"], kind: "input", says: "The provider's package cannot send the request" },
  {
    names: ["AI_EmptyResponseBodyError", "AI_InvalidResponseDataError"],
    kind: "transient",
    says: "The response is not one of the provider's API",
  },
  {
    names: ["AI_NoContentGeneratedError", "AI_NoOutputGeneratedError"],
    kind: "answer",
    says: "The provider's package got no answer",
  },
];

const BY_NAME: ReadonlyMap<string, Row> = new Map(ROWS.flatMap((row) => row.names.map((name) => [name, row] as const)));

/** Finds what an error means. What is a `StepError` already stays as it is. */
export function faultOf(error: unknown, place: FaultPlace): SdkFault {
  if (error instanceof StepError) return { error };
  const name = textIn(at(error, "name")) ?? (error instanceof Error ? error.name : "");
  if (name === "AI_RetryError") return faultOf(lastOf(error), place);
  const row = BY_NAME.get(name);
  if (row) return { error: rowError(row, error, place) };
  if (name === "AI_APICallError") return apiCallFault(error as Error & Fields, place);
  // An event that the package could not read may be an error, in a form of its own.
  if (name === "AI_TypeValidationError" || name === "AI_JSONParseError")
    return unreadable(error as Error & Fields, place);
  if (place.isInAnswer && !(error instanceof Error)) return { verdict: judge(inAnswer(error), "ai-sdk") };
  return { error: ofNetwork(error, place) };
}

function rowError({ kind, says, advice }: Row, error: unknown, place: FaultPlace): StepError {
  const words = error instanceof Error ? error.message.trim().replace(/\.$/, "") : "";
  const message = `${says}${words === "" ? "" : ` (${words})`}.`;
  const more = advice === undefined ? message : `${message} ${advice(place)}`;
  return new StepError(kind, place.hide(more), { ...place.details, cause: error });
}

/** The SDK tries again by itself, where its user has let it: the last error counts. */
function lastOf(error: unknown): unknown {
  const { lastError, errors } = error as Fields;
  return (
    lastError ?? (Array.isArray(errors) ? (errors as readonly unknown[]).at(-1) : undefined) ?? new Error(String(error))
  );
}

/** A refusal; or, without a status that refuses, a connection that failed or a body that nobody could read. */
function apiCallFault(error: Error & Fields, place: FaultPlace): SdkFault {
  const status = error["statusCode"];
  if (typeof status !== "number" || (status >= 200 && status < 300)) return { error: ofNetwork(error, place) };
  const headers = at(error, "responseHeaders");
  const body = textIn(error["responseBody"]) ?? "";
  const said = saidInRefusal({ status, headers: isFields(headers) ? (headers as Headers) : {} }, body || error.message);
  return { verdict: judge(said, "ai-sdk") };
}

type Headers = Readonly<Record<string, string>>;

function unreadable(error: Error & Fields, place: FaultPlace): SdkFault {
  const value = error["value"] ?? error["text"];
  const isError = at(value, "error") !== undefined || at(value, "object") === "error" || at(value, "type") === "error";
  if (isError) return { verdict: judge(saidInAnswer(value), "ai-sdk") };
  const says = "The response is not one of the provider's API: a part of it could not be read.";
  return { error: new StepError("transient", says, { ...place.details, cause: error }) };
}

/** An error in a stream: what the provider has said, where its package keeps that beside its own words. */
function inAnswer(error: unknown) {
  const data = at(error, "data");
  const status = at(error, "statusCode");
  return saidInAnswer(typeof status === "number" ? { error: data ?? error, status_code: status } : (data ?? error));
}

/** An error of a connection is somewhere in what caused what. */
function ofNetwork(error: unknown, { server, isInAnswer, hide, details }: FaultPlace): StepError {
  for (const each of causesOf(error)) {
    const isCoded = each instanceof Error && "code" in each && typeof each.code === "string";
    if (isCoded || each instanceof TimeoutError || each instanceof ConnectionError) {
      return networkError(each, server, details);
    }
  }
  const message = error instanceof Error && error.message !== "" ? error.message : String(error);
  // What fails in the middle is the connection's or the answer's; what fails before may be the caller's own.
  const isPassing = isInAnswer || at(error, "isRetryable") !== undefined || nameOf(error) === "AI_APICallError";
  if (!isPassing) return networkError(error, server, details);
  return new StepError("transient", hide(`The answer could not be read: ${message} (${server}).`), {
    ...details,
    cause: error,
  });
}

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : "");

/** An error, what caused it, and so on. */
function causesOf(error: unknown): readonly unknown[] {
  const found: unknown[] = [];
  for (let each = error; each instanceof Error && !found.includes(each); each = each.cause) found.push(each);
  return found;
}
