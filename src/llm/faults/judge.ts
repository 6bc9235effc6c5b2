import { cutText } from "../../text/index.ts";
import { StepError, type FailureKind, type StepErrorOptions } from "../../core/failure/index.ts";
import { fits, type Adapter, type FaultRow, type Meaning } from "./fault-row.ts";
import { FAULT_TABLE } from "./fault-table.ts";
import { REFUSED } from "./meanings.ts";
import type { Said } from "./said.ts";

/** What was said, and what it means. */
export interface Verdict {
  readonly said: Said;
  readonly means: Meaning;
  /** The row that fits; `undefined` when none does. */
  readonly row: FaultRow | undefined;
  readonly adapter: Adapter;
}

/** Finds what a server means. */
export function judge(said: Said, adapter: Adapter): Verdict {
  const row = FAULT_TABLE.find((each) => fits(each, said, adapter));
  return { said, means: row?.means ?? REFUSED, row, adapter };
}

export interface FailureOptions extends StepErrorOptions {
  /** Takes our key out of a text; called last, so that nothing is judged by a text with holes. @default nothing is hidden */
  readonly hide?: (text: string) => string;
  /** Whether the model was only to be loaded. @default false */
  readonly isLoading?: boolean;
  /** In place of what the table says. */
  readonly kind?: FailureKind;
  readonly says?: string;
  readonly advice?: string | undefined;
  /** The variable that the key is read from. @default the adapter's */
  readonly keyFrom?: string | undefined;
}

/** The failure that a verdict stands for, with the server's own words in its message. */
export function failureOf(verdict: Verdict, options: FailureOptions = {}): StepError {
  const { said, means } = verdict;
  const { hide = asItIs, isLoading = false, kind: given, says, advice, keyFrom, ...details } = options;
  const kind = given ?? (isLoading ? means.kindWhenLoading : undefined) ?? means.kind;
  const worded = {
    ...means,
    ...(says !== undefined && { says, saysInAnswer: says }),
    ...("advice" in options && { advice }),
  };
  return new StepError(kind, hide(messageOf(verdict, worded, keyFrom)), {
    ...details,
    ...(details.rawAnswer !== undefined && { rawAnswer: hide(details.rawAnswer) }),
    ...(kind === "rate_limit" && said.waitMs !== undefined && { retryAfterMs: said.waitMs }),
  });
}

const asItIs = (text: string): string => text;

type Words = Pick<Meaning, "says" | "saysInAnswer"> & { readonly advice?: string | undefined };

function messageOf(verdict: Verdict, { says, saysInAnswer = says, advice }: Words, keyFrom?: string): string {
  const { said } = verdict;
  const message = said.isInAnswer
    ? `${filled(saysInAnswer, verdict)}: ${quote(said.text)}.`
    : `${filled(says, verdict)} (${briefly(said)}).`;
  return advice === undefined ? message : `${message} ${filled(advice, verdict, keyFrom)}`;
}

/** A refusal in the server's own words: "HTTP 404: Not Found". */
export function briefly({ status, text }: Said): string {
  const words = quote(text);
  return `HTTP ${status}${words === "" ? "" : `: ${words}`}`;
}

const keyOf = (variable: string): string => `Set ${variable} to a key of this server.`;

const NAMES: Readonly<Record<Adapter, Readonly<Record<"Who" | "who" | "api" | "key", string>>>> = {
  openai: { Who: "The server", who: "the server", api: "an OpenAI-compatible API", key: keyOf("OPENAI_API_KEY") },
  ollama: { Who: "Ollama", who: "Ollama", api: "Ollama's own API", key: keyOf("OPENAI_API_KEY") },
  "ai-sdk": {
    Who: "The provider",
    who: "the provider",
    api: "the provider's API",
    key: "Give the provider's package another key.",
  },
};

/** A text with what stands for its words in braces. */
function filled(text: string, { said, row, adapter }: Verdict, keyFrom?: string): string {
  const setting = Object.values(row?.words?.exec(said.words)?.groups ?? {}).find((name) => name !== undefined);
  const named: Readonly<Record<string, string>> = {
    ...NAMES[adapter],
    ...(keyFrom !== undefined && { key: keyOf(keyFrom) }),
    setting: `"${(setting ?? said.param) || "that it was sent"}"`,
    to: said.location === "" ? "somewhere else" : cutText(said.location, QUOTED_CHARS),
  };
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => named[name] ?? whole);
}

/** How much of a server's text goes into a message; the whole text is kept as the raw answer. */
const QUOTED_CHARS = 300;

/** The words of a server, short enough for a message and without their full stop. */
function quote(text: string): string {
  const line = text.trim();
  return line.length > QUOTED_CHARS ? `${cutText(line, QUOTED_CHARS)}...` : line.replace(/(?<!\.)\.$/, "");
}
