/** True for what Node, undici, Bun, Deno and browsers raise when there is no connection or it broke. */
export function isConnectionFailure(error: unknown): boolean {
  return somewhere(error, ({ code }) => CONNECTION_CODES.has(code)) || isBrowserNetworkError(error);
}

/** True for what they raise when something took too long. */
export function isTimeout(error: unknown): boolean {
  return somewhere(
    error,
    ({ code, name }) => TIMEOUT_CODES.test(code) || (name === "TimeoutError" && error instanceof Error),
  );
}

const CONNECTION_CODES: ReadonlySet<string> = /* @__PURE__ */ new Set(
  (
    "ECONNRESET ECONNREFUSED ECONNABORTED EPIPE ENOTFOUND EAI_AGAIN EHOSTUNREACH ENETUNREACH ENETDOWN " +
    "UND_ERR_SOCKET ConnectionRefused ConnectionClosed"
  ).split(" "),
);
const TIMEOUT_CODES = /^(ETIMEDOUT|ESOCKETTIMEDOUT|UND_ERR_\w+_TIMEOUT)$/;

/** What Chromium, Safari, Firefox and Deno say; none of them gives a cause or a code. */
const BROWSER_MESSAGES = /^(Failed to fetch|Load failed|NetworkError when|network error|error sending request)/;

interface Marks {
  readonly code: string;
  readonly name: string;
}

/**
 * Looks at the error and, for the TypeError in which fetch wraps a failure ("fetch failed", "terminated"), at its cause.
 * The cause decides: an invalid URL arrives in the same wrapping and is no network failure.
 */
function somewhere(error: unknown, has: (marks: Marks) => boolean): boolean {
  return has(marksOf(error)) || (error instanceof TypeError && has(marksOf(error.cause)));
}

function marksOf(error: unknown): Marks {
  if (typeof error !== "object" || error === null) return { code: "", name: "" };
  return {
    code: "code" in error && typeof error.code === "string" ? error.code : "",
    name: "name" in error && typeof error.name === "string" ? error.name : "",
  };
}

function isBrowserNetworkError(error: unknown): boolean {
  return error instanceof TypeError && error.cause === undefined && BROWSER_MESSAGES.test(error.message);
}
