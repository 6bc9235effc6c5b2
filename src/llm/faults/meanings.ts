import type { Meaning } from "./fault-row.ts";

const KEY = "{key}";
const LOG = "Ollama's own log says why.";
const MEANWHILE = "Resume when it has credit, or choose a model that runs on this machine.";

// Who has died, and with whose words.
export const RUNNER_DIED: Meaning = {
  about: "runner",
  kind: "transient",
  says: "{Who} could not answer",
  saysInAnswer: "The model crashed in the middle of its answer",
};
export const RUNNER_GONE: Meaning = { ...RUNNER_DIED, kindWhenLoading: "missing_model" };
export const NOT_LOADED: Meaning = {
  about: "loading",
  kind: "transient",
  kindWhenLoading: "missing_model",
  says: "{Who} could not load the model",
  advice: LOG,
};

// A model that cannot be loaded for anybody.
export const TOO_BIG_FOR_MEMORY: Meaning = {
  about: "model",
  kind: "missing_model",
  says: "The model does not fit into the memory of the machine that runs {who}",
  advice: "Choose a smaller model or a smaller context.",
};
export const UNREADABLE_MODEL: Meaning = {
  about: "model",
  kind: "missing_model",
  says: "{Who} cannot load this model",
  advice: "Get the model again, use a newer version of the server, or choose another model.",
};
export const INCOMPLETE_SERVER: Meaning = {
  about: "model",
  kind: "missing_model",
  says: "{Who} lacks the program that runs models",
  advice: "Install it again.",
};

// Who we are.
export const BAD_KEY: Meaning = { about: "key", kind: "auth", says: "The server refuses our key", advice: KEY };
export const KEY_NOT_ALLOWED: Meaning = {
  about: "key",
  kind: "auth",
  says: "The key is not allowed to use this model",
  advice: KEY,
};
export const ACCOUNT_CLOSED: Meaning = {
  about: "account",
  kind: "auth",
  says: "The provider has closed or restricted the account",
  advice: "Ask the provider.",
};
export const WRONG_COUNTRY: Meaning = {
  about: "account",
  kind: "auth",
  says: "The provider does not serve this country or region",
};
export const SIGN_IN: Meaning = {
  about: "key",
  kind: "auth",
  says: "Ollama requires a sign-in",
  advice: "Run `ollama signin`, or choose a model that runs on this machine.",
};
export const NOT_LET: Meaning = { ...SIGN_IN, says: "Ollama does not let us use this model" };
export const PROXY_LOGIN: Meaning = {
  about: "address",
  kind: "auth",
  says: "A proxy between this machine and the server asks for a login",
  advice: "Have the server's address let through, or go past the proxy.",
};
export const KEY_OR_CHAT: Meaning = {
  about: "key or chat",
  kind: "auth",
  says: "The key is not allowed to use this model",
  advice: KEY,
};
export const BLOCKED_PAGE: Meaning = {
  about: "key or chat",
  kind: "missing_model",
  says: "A firewall in front of the server does not let us through",
  advice: "Ask whoever runs it, or call the server from another network.",
};

// What the chat holds.
export const FILTERED: Meaning = {
  about: "content",
  kind: "input",
  says: "The server's content filter refuses this chat",
  saysInAnswer: "The server's content filter cut the answer off",
};

// Money.
export const NO_MONEY: Meaning = {
  about: "money",
  kind: "quota",
  says: "The account has no credit left",
  advice: MEANWHILE,
};
export const KEY_LIMIT: Meaning = {
  about: "money",
  kind: "quota",
  says: "The key has used up its limit",
  advice: "Raise the key's limit, then resume.",
};
export const ALLOWANCE: Meaning = {
  about: "money",
  kind: "quota",
  says: "The account has used up its allowance",
  advice: "Resume when the limit resets, or choose a model that runs on this machine.",
};

// Size.
export const TOO_LONG: Meaning = {
  about: "context",
  kind: "input_too_long",
  says: "The prompt does not fit into the model's context",
};
export const TOO_LARGE_A_MINUTE: Meaning = {
  about: "context",
  kind: "input_too_long",
  says: "The request is larger than the account may send in a minute",
};
export const TOO_LARGE: Meaning = {
  about: "context",
  kind: "input_too_long",
  says: "The request is too large for the server",
};

// Models and addresses.
export const NO_MODEL: Meaning = {
  about: "model",
  kind: "missing_model",
  says: "The server does not have the model",
};
export const MODEL_GONE: Meaning = {
  about: "model",
  kind: "missing_model",
  says: "The provider does not offer the model any more",
  advice: "Choose another model.",
};
export const NO_ENDPOINT: Meaning = {
  about: "model",
  kind: "missing_model",
  says: "Nobody whom the account's settings allow serves the model",
  advice: "Change the privacy settings of the account, or choose another model.",
};
export const MODEL_ASLEEP: Meaning = {
  about: "model",
  kind: "missing_model",
  says: "The model is not running",
  advice: "Start it, or choose another model.",
};
export const PULL: Meaning = {
  about: "model",
  kind: "missing_model",
  says: "Ollama does not have the model",
  advice: "Run `ollama list` to see what is there and `ollama pull` to get the model.",
};
export const CANNOT_CHAT: Meaning = {
  about: "model",
  kind: "missing_model",
  says: "The model cannot do what the request asks",
  advice: "Choose a model for chat: `ollama show <model>` lists what it can do.",
};
export const BAD_NAME: Meaning = {
  about: "model",
  kind: "missing_model",
  says: "{Who} does not accept this name of a model",
};
export const NO_MODEL_OR_API: Meaning = {
  about: "model",
  kind: "missing_model",
  says: "The server does not have the model, or it is another kind of server",
};
export const NO_API: Meaning = {
  about: "address",
  kind: "missing_model",
  says: "The address is not that of {api}",
};
export const MOVED: Meaning = {
  about: "address",
  kind: "missing_model",
  says: "The address is not that of {api}: it sends us on to {to}",
  advice: "Give that address, if it is the right one.",
};
export const PAGE_NOT_API: Meaning = {
  about: "address",
  kind: "missing_model",
  says: "A web page came in place of an answer: the address is not that of {api}, or somebody in between wants a login",
};

// What we sent.
export const REFUSED_SETTING: Meaning = {
  about: "setting",
  kind: "missing_model",
  says: "The model does not accept the setting {setting}",
};
export const BAD_REQUEST: Meaning = { about: "request", kind: "bug", says: "{Who} could not read our request" };
export const REFUSED: Meaning = { about: "request", kind: "input", says: "{Who} refused the request" };

// Not now.
export const SLOW_DOWN: Meaning = { about: "pace", kind: "rate_limit", says: "{Who} asks us to slow down" };
export const OVERLOADED: Meaning = { about: "pace", kind: "rate_limit", says: "{Who} is overloaded" };
export const QUEUE_FULL: Meaning = { about: "pace", kind: "rate_limit", says: "{Who}'s queue is full" };
export const LOADING: Meaning = { about: "pace", kind: "rate_limit", says: "{Who} is still loading the model" };
export const LATER: Meaning = { about: "pace", kind: "rate_limit", says: "{Who} asks us to come back later" };

// Faults that pass.
export const NOT_NOW: Meaning = { about: "server", kind: "transient", says: "{Who} could not accept the call now" };
export const CLIENT_GONE: Meaning = {
  about: "server",
  kind: "transient",
  says: "{Who} reports that the client disconnected",
};
export const SERVER_FAULT: Meaning = { about: "server", kind: "transient", says: "{Who} could not answer" };
export const BROKEN_OFF: Meaning = { about: "server", kind: "transient", says: "The answer broke off with an error" };
