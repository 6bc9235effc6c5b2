import { status, type FaultRule } from "../http/refusal.ts";

/** The input of a rule. */
export interface ServerSays {
  /** 200 for an error in the middle of an answer. */
  readonly status: number;
  /** The words of the error, out of whatever they were wrapped in. */
  readonly text: string;
  readonly retryAfterMs: number | undefined;
}

/** The rules for failed calls; the first that matches wins, and the last matches everything. */
export function ruleFor(says: ServerSays): FaultRule<ServerSays> {
  return FAULT_RULES.find((rule) => rule.when(says)) ?? UNKNOWN_REFUSAL;
}

const statusAndText =
  (wanted: number, text: RegExp) =>
  (says: ServerSays): boolean =>
    says.status === wanted && text.test(says.text);

const PULL = "Run `ollama list` to see what is there and `ollama pull` to get the model.";
const SIGN_IN = "Run `ollama signin`, or choose a model that runs on this machine.";

const FAULT_RULES: readonly FaultRule<ServerSays>[] = [
  {
    when: ({ text }) => /exceeds the available context size|longer than the (maximum )?context length/i.test(text),
    kind: "input_too_long",
    says: "The prompt does not fit into the model's context",
  },
  { when: status(413), kind: "input_too_long", says: "The request is too large for the server" },
  { when: status(401), kind: "auth", says: "Ollama requires a sign-in", advice: SIGN_IN },
  // Unlike other APIs, Ollama never refuses one item with 403: it means the account, the cloud switch or the host name.
  { when: status(403), kind: "auth", says: "Ollama does not let us use this model", advice: SIGN_IN },
  { when: status(402), kind: "quota", says: "The account has no credit left" },
  {
    when: statusAndText(429, /usage limit|quota/i),
    kind: "quota",
    says: "The account has used up its allowance",
    advice: "Resume when the limit resets, or choose a model that runs on this machine.",
  },
  { when: status(429), kind: "rate_limit", says: "Ollama asks us to slow down" },
  { when: status(404), kind: "missing_model", says: "Ollama does not have the model", advice: PULL },
  {
    when: (says) => [405, 501].includes(says.status) || (says.status >= 300 && says.status < 400),
    kind: "missing_model",
    says: "The address is not that of Ollama's own API",
  },
  {
    when: statusAndText(400, /does not support/i),
    kind: "missing_model",
    says: "The model cannot do what the request asks",
    advice: "Choose a model for chat: `ollama show <model>` lists what it can do.",
  },
  {
    when: statusAndText(400, /model is required|invalid model name/i),
    kind: "missing_model",
    says: "Ollama does not accept this name of a model",
  },
  {
    when: statusAndText(400, /missing request body|invalid character|cannot unmarshal/i),
    kind: "bug",
    says: "Ollama could not read our request",
  },
  { when: statusAndText(500, /invalid format/i), kind: "bug", says: "Ollama could not read our request" },
  {
    when: statusAndText(500, /requires more system memory/i),
    kind: "missing_model",
    says: "The model does not fit into the memory of the machine that runs Ollama",
    advice: "Choose a smaller model or a smaller context.",
  },
  {
    when: statusAndText(500, /waiting for llama-server|has terminated/i),
    kind: "transient",
    says: "Ollama could not load the model",
    advice: "Ollama's own log says why.",
  },
  { when: statusAndText(503, /maximum pending requests/i), kind: "transient", says: "Ollama's queue is full" },
  {
    when: (says) => says.status === 503 && says.retryAfterMs !== undefined,
    kind: "rate_limit",
    says: "Ollama asks us to come back later",
  },
  { when: status(499), kind: "transient", says: "Ollama reports that the client disconnected" },
  { when: status(408, 425), kind: "transient", says: "Ollama could not accept the call now" },
  { when: (says) => says.status >= 500, kind: "transient", says: "Ollama could not answer" },
  { when: status(200), kind: "transient", says: "The model crashed in the middle of its answer" },
];

const UNKNOWN_REFUSAL: FaultRule<ServerSays> = { when: () => true, kind: "input", says: "Ollama refused the request" };

/** Whether a failure means that the model cannot be loaded at all, not just that one call failed. */
export const meansUnloadable = (text: string): boolean =>
  /requires more system memory|waiting for llama-server|has terminated|unable to load model|error loading model/i.test(
    text,
  );
