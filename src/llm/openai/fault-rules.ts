import { status, type FaultRule } from "../http/refusal.ts";

/** The input of a rule. */
export interface ServerSays {
  /** 200 for an error in the middle of an answer that names no status. */
  readonly status: number;
  /** `error.code` and `error.type`, in one text. */
  readonly code: string;
  readonly text: string;
  readonly waitMs: number | undefined;
}

/** The rules for failed calls; the first that matches wins, and the last matches everything. */
export function ruleFor(says: ServerSays): FaultRule<ServerSays> {
  return FAULT_RULES.find((rule) => rule.when(says)) ?? UNKNOWN_REFUSAL;
}

/** One code decides whatever the status: the same fault comes as 400, 404 or 429 from different servers. */
const code =
  (wanted: RegExp) =>
  (says: ServerSays): boolean =>
    wanted.test(says.code);

const KEY = "Set OPENAI_API_KEY to a key of this server.";

const FAULT_RULES: readonly FaultRule<ServerSays>[] = [
  {
    when: (says) =>
      /context_length_exceeded|exceed_context_size|string_above_max_length/.test(says.code) ||
      /maximum context length|exceeds the available context size|context (length|window) of only/i.test(says.text),
    kind: "input_too_long",
    says: "The prompt does not fit into the model's context",
  },
  {
    // It comes as 429, but waiting does not help.
    when: ({ text }) => /request too large/i.test(text),
    kind: "input_too_long",
    says: "The request is larger than the account may send in a minute",
  },
  { when: status(413), kind: "input_too_long", says: "The request is too large for the server" },
  {
    when: (says) => says.status === 402 || /insufficient_quota|billing_|insufficient_credits/.test(says.code),
    kind: "quota",
    says: "The account has no credit left",
    advice: "Resume when it has credit, or choose a model that runs on this machine.",
  },
  { when: code(/invalid_api_key|authentication_error/), kind: "auth", says: "The server refuses our key", advice: KEY },
  { when: status(401), kind: "auth", says: "The server refuses our key", advice: KEY },
  {
    when: (says) =>
      /content_filter|content_policy/.test(says.code) || (says.status === 403 && /moderat|flagged/i.test(says.text)),
    kind: "input",
    says: "The server's content filter refuses this chat",
  },
  { when: status(403), kind: "auth", says: "The key is not allowed to use this model", advice: KEY },
  { when: code(/model_not_found/), kind: "missing_model", says: "The server does not have the model" },
  {
    when: status(404),
    kind: "missing_model",
    says: "The server does not have the model, or it is another kind of server",
  },
  {
    when: code(/unsupported_(parameter|value)|unknown_parameter/),
    kind: "missing_model",
    says: "The model does not accept what the request asks",
  },
  {
    when: (says) => [405, 501].includes(says.status) || (says.status >= 300 && says.status < 400),
    kind: "missing_model",
    says: "The address is not that of an OpenAI-compatible API",
  },
  { when: status(429), kind: "rate_limit", says: "The server asks us to slow down" },
  { when: code(/rate_limit/), kind: "rate_limit", says: "The server asks us to slow down" },
  {
    when: (says) => says.status === 503 && says.waitMs !== undefined,
    kind: "rate_limit",
    says: "The server asks us to come back later",
  },
  { when: status(408, 409, 425, 499), kind: "transient", says: "The server could not accept the call now" },
  { when: (says) => says.status >= 500, kind: "transient", says: "The server could not answer" },
  { when: status(200), kind: "transient", says: "The answer broke off with an error" },
];

const UNKNOWN_REFUSAL: FaultRule<ServerSays> = {
  when: () => true,
  kind: "input",
  says: "The server refused the request",
};
