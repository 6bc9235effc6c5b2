import { ConnectionError, TimeoutError } from "./errors/index.ts";
import { httpMessageOf } from "./http-message.ts";
import type { SyncRetryPredicate } from "./retry-if.ts";

/** Options of {@link retryIfHttpTransient}: what it retries. */
export interface HttpTransientOptions {
  /**
   * Methods that may be sent twice. Add "POST" when you know that sending it twice does no harm.
   * @default GET, HEAD, OPTIONS, TRACE, PUT, DELETE, QUERY
   */
  readonly methods?: readonly string[] | undefined;
  /** Statuses that are usually temporary. @default 408, 425, 429, 500, 502, 503, 504, 529 */
  readonly statuses?: readonly number[] | undefined;
}

/**
 * Retries after a temporary HTTP failure: a status of the list, no connection, a timeout. It checks returned Responses
 * as well as errors. The header `x-should-retry: true` or `false` wins. A request whose method is known and not in
 * `methods` is never sent again; one whose method is unknown is.
 *
 * @example
 * ```ts
 * import { retry, retryIfHttpTransient, waitNone } from "holdfast/retry";
 *
 * const statuses = [503, 429, 404];
 * const fetchPage = async () => new Response(null, { status: statuses.shift() ?? 500 });
 * // 404 does not pass by itself: that response is the result.
 * const response = await retry(fetchPage, { retry: retryIfHttpTransient(), wait: waitNone() });
 * console.log(response.status);
 * // prints: 404
 * ```
 */
export function retryIfHttpTransient({
  methods = METHODS,
  statuses = STATUSES,
}: HttpTransientOptions = {}): SyncRetryPredicate {
  const safe = new Set(methods.map((method) => method.toUpperCase()));
  return (state) => {
    const { status, method, header } = httpMessageOf(state);
    if (method !== undefined && !safe.has(method)) return false;
    if (status === undefined) return state.outcome?.status === "raised" && isNetworkFailure(state.outcome.error);
    const advice = header("x-should-retry");
    return advice === "true" || (advice !== "false" && statuses.includes(status));
  };
}

const METHODS = ["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE", "QUERY"];
const STATUSES = [408, 425, 429, 500, 502, 503, 504, 529];

/** How some HTTP clients name a lost connection: axios in a browser, the openai family. */
const CLIENT_FAILURE = /^(ERR_NETWORK|APIConnection(Timeout)?Error)$/;

/** Clients wrap the platform's error, some of them twice. */
function isNetworkFailure(error: unknown, depth = 0): boolean {
  if (!(error instanceof Error) || depth > 4) return false;
  if (error instanceof ConnectionError || error instanceof TimeoutError) return true;
  const marks = ["code" in error ? String(error.code) : "", error.name, error.constructor.name];
  return marks.some((mark) => CLIENT_FAILURE.test(mark)) || isNetworkFailure(error.cause, depth + 1);
}
