/** True for what Node, undici, Bun, Deno and browsers raise when there is no connection or it broke. */
export function isConnectionFailure(error: unknown): boolean {
  return somewhere(error, ({ code }) => CONNECTION_CODES.test(String(code))) || saysNetworkFailure(error);
}

/** True for what they raise when something took too long. */
export function isTimeout(error: unknown): boolean {
  return somewhere(error, ({ code, name }) => TIMEOUT_CODES.test(String(code)) || name === "TimeoutError");
}

const CONNECTION_CODES =
  /^(ECONN(RESET|REFUSED|ABORTED)|EPIPE|ENOTFOUND|EAI_AGAIN|E(HOST|NET)UNREACH|ENETDOWN|UND_ERR_SOCKET|Connection(Refused|Closed))$/;
const TIMEOUT_CODES = /^(ETIMEDOUT|ESOCKETTIMEDOUT|UND_ERR_\w+_TIMEOUT)$/;

/** What Chromium, Safari, Firefox and Deno say, in the error or, Deno, in its cause; none of them gives a code. */
const NETWORK_MESSAGES =
  /^(Failed to fetch|Load failed|NetworkError when|network error|error (sending request|reading a body))/;

interface Marks {
  readonly code?: unknown;
  readonly name?: unknown;
}

/**
 * Looks at the error and, for the TypeError in which fetch wraps a failure ("fetch failed", "terminated"), at its cause.
 * The cause decides: an invalid URL arrives in the same wrapping and is no network failure.
 */
function somewhere(error: unknown, has: (marks: Marks) => boolean): boolean {
  return error instanceof Error && (has(error) || (error instanceof TypeError && has(Object(error.cause) as Marks)));
}

function saysNetworkFailure(error: unknown): boolean {
  // Whatever the message is, `test` reads it as text.
  return error instanceof TypeError && NETWORK_MESSAGES.test((Object(error.cause ?? error) as Error).message);
}
