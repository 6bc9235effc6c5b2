import { MOST_BYTES_OF_REFUSAL } from "./read-all.ts";
import { createTransport, type HttpTimeouts, type Transport } from "./transport.ts";

/** What the packages of providers call in place of `fetch`. */
export type FetchLike = (address: string | URL | Request, init?: RequestInit) => Promise<Response>;

/**
 * A `fetch` over the transport of all other models, for packages that take one: with its proxies and its limits of time, which
 * are longer than those of the platform's own. Bodies are texts.
 */
export function fetchByTransport(timeouts: HttpTimeouts = {}): FetchLike {
  const transports = new Map<string, Transport>();
  return async (address, init = {}) => {
    const url = new URL(address instanceof Request ? address.url : address);
    const transport = transports.get(url.origin) ?? createTransport(url.origin, timeouts);
    transports.set(url.origin, transport);
    const { method = "GET", body, headers, signal } = init;
    if (body !== undefined && body !== null && typeof body !== "string") throw new TypeError("Only texts can be sent.");
    const answer = await transport({
      method: method.toUpperCase() === "POST" ? "POST" : "GET",
      path: `${url.pathname}${url.search}`,
      ...(typeof body === "string" && { body }),
      headers: Object.fromEntries(new Headers(headers)),
      signal: signal ?? undefined,
    });
    const isRefusal = answer.status >= 400;
    const isEmpty = EMPTY.has(answer.status);
    return new Response(isEmpty ? null : streamOf(isRefusal ? beginningOf(answer.body) : answer.body), {
      status: answer.status,
      headers: headersOf(answer.headers),
    });
  };
}

/** As much of a refusal as is of use: one that goes on for ever has an end. */
async function* beginningOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  let bytes = 0;
  for await (const chunk of body) {
    yield chunk;
    bytes += chunk.length;
    if (bytes >= MOST_BYTES_OF_REFUSAL) return;
  }
}

/** A stream that is read no faster than it is wanted; ended early, it lets the connection go. */
function streamOf(body: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> {
  const chunks = body[Symbol.asyncIterator]();
  return new ReadableStream({
    async pull(controller) {
      const next = await chunks.next();
      if (next.done) controller.close();
      else controller.enqueue(next.value);
    },
    async cancel() {
      await chunks.return?.();
    },
  });
}

/** Answers that have no body: a `Response` refuses one. */
const EMPTY: ReadonlySet<number> = new Set([204, 205, 304]);

/** The body has been unpacked, so that its length is another one. */
const OF_THE_PACKED_BODY: ReadonlySet<string> = new Set(["content-encoding", "content-length", "transfer-encoding"]);

const headersOf = (headers: Readonly<Record<string, string | readonly string[] | undefined>>): Headers =>
  new Headers(
    Object.entries(headers).flatMap(([name, value]): [string, string][] =>
      value === undefined || OF_THE_PACKED_BODY.has(name)
        ? []
        : [[name, typeof value === "string" ? value : value.join(", ")]],
    ),
  );
