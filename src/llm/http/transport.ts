import { request as httpRequest, type ClientRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";

import { TimeoutError } from "../../retry/index.ts";
import { agentFor, proxyOf, type Agent } from "./agents.ts";
import { wentThrough } from "./went-through.ts";
import { createDeadline, type Deadline } from "./deadline.ts";
import { decoded } from "./decoded.ts";

/** Timeouts in milliseconds; `Infinity` waits forever. */
export interface HttpTimeouts {
  /** Until the connection is made. @default 10_000 */
  readonly connectMs?: number;
  /**
   * From then until the answer begins. A server sends nothing while a call waits in its queue, while the model is loaded
   * and while the prompt is read. @default 900_000
   */
  readonly firstByteMs?: number;
  /** Between two pieces of the answer. @default 300_000 */
  readonly idleMs?: number;
}

export interface HttpCall {
  readonly method: "GET" | "POST";
  /** Below the base URL, with a slash in front. */
  readonly path: string;
  readonly body?: string;
  readonly signal?: AbortSignal | undefined;
  /** Beside those of the transport. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** In place of the transport's own. */
  readonly timeouts?: HttpTimeouts;
  /**
   * What counts against the idle limit: each piece of the body, or what its reader says (`stillComing`). A server may send
   * signs of life for ever. @default "bytes"
   */
  readonly idleBy?: "bytes" | "reader";
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The body, to be read once. Leaving it early releases the connection, or closes it. */
  readonly body: AsyncIterable<Uint8Array>;
  /** Something of use has come: the idle limit starts again. */
  stillComing(): void;
  /** All that matters has come: what is left may take so long, and then the body ends as if it were complete. */
  endWithin(ms: number): void;
}

/**
 * Makes one HTTP call. Rejects, and so does reading the body, with the platform's error when there is no connection,
 * with a `TimeoutError` when it takes too long, and at once with `signal.reason` itself when the signal aborts.
 */
export type Transport = (call: HttpCall) => Promise<HttpAnswer>;

const DEFAULT_TIMEOUTS: Required<HttpTimeouts> = { connectMs: 10_000, firstByteMs: 900_000, idleMs: 300_000 };

/** How long the unread rest of an answer may take before its connection is closed. */
const DRAIN_MS = 1000;

/**
 * Calls below a base URL, over connections that are kept open, and through a proxy where the environment names one. It uses
 * `node:http`, since fetch gives up after 300 seconds without headers, whatever its options; loading a model and reading a
 * long prompt can take longer.
 */
export function createTransport(baseUrl: string, timeouts: HttpTimeouts = {}): Transport {
  const secure = baseUrl.startsWith("https:");
  const request = secure ? httpsRequest : httpRequest;
  let agent: Promise<Agent> | undefined;
  return async (call) => {
    call.signal?.throwIfAborted();
    agent ??= agentFor(new URL(baseUrl)).catch((error: unknown) => {
      // Asked again: what the environment says may be corrected.
      agent = undefined;
      throw error;
    });
    const kept = await agent;
    const headers = {
      "content-type": "application/json",
      "content-length": Buffer.byteLength(call.body ?? ""),
      ...call.headers,
    };
    const limits = { ...DEFAULT_TIMEOUTS, ...timeouts, ...call.timeouts };
    const open = (): ClientRequest => request(baseUrl + call.path, { method: call.method, headers, agent: kept });
    try {
      return await send(open, call, limits, secure);
    } catch (error) {
      const proxy = proxyOf(kept);
      if (proxy !== undefined && error instanceof Error) wentThrough.set(error, proxy);
      throw error;
    }
  };
}

function send(
  open: () => ClientRequest,
  { body, signal, idleBy = "bytes" }: HttpCall,
  timeouts: Required<HttpTimeouts>,
  secure: boolean,
): Promise<HttpAnswer> {
  signal?.throwIfAborted();
  return new Promise((resolve, reject) => {
    const req = open();
    const deadline = createDeadline((error) => stop(error));
    /** Why we closed the connection ourselves; the resulting error is only a consequence. */
    let reason: { readonly error: unknown } | undefined;
    const stop = (error: unknown): void => {
      reason ??= { error };
      req.destroy();
      reject(error);
    };
    const onAbort = (): void => stop(signal?.reason);
    const close = (): void => {
      deadline.clear();
      signal?.removeEventListener("abort", onAbort);
    };
    signal?.addEventListener("abort", onAbort, { once: true });
    req.once("close", close);
    req.on("error", reject);
    req.once("response", (res) => {
      deadline.set(timeouts.idleMs, "Nothing more arrived");
      // An error while nobody reads would end the process; a reader gets it anyway.
      res.on("error", () => {});
      const rest: Rest = { isOfNoMatter: false };
      resolve({
        status: res.statusCode ?? 0,
        headers: res.headers,
        body: read(res, {
          rest,
          onChunk: idleBy === "bytes" ? () => deadline.restart() : () => {},
          causeOf: (error) => (reason === undefined ? error : reason.error),
        }),
        stillComing: () => deadline.restart(),
        endWithin(ms) {
          rest.isOfNoMatter = true;
          deadline.set(ms, "The connection stayed open");
        },
      });
    });
    followConnection(req, deadline, timeouts, secure);
    req.end(body);
  });
}

/** Waits for the connection first, then for the answer. A kept-alive connection is already open. */
function followConnection(
  req: ClientRequest,
  deadline: Deadline,
  { connectMs, firstByteMs }: Required<HttpTimeouts>,
  secure: boolean,
): void {
  const connected = (): void => deadline.set(firstByteMs, "No answer started");
  deadline.set(connectMs, "No connection was made");
  req.once("socket", (socket) => {
    if (socket.connecting) socket.once(secure ? "secureConnect" : "connect", connected);
    else connected();
  });
}

/** What is still to come of an answer. */
interface Rest {
  isOfNoMatter: boolean;
}

interface Reading {
  readonly rest: Rest;
  readonly onChunk: () => void;
  readonly causeOf: (error: unknown) => unknown;
}

async function* read(
  res: IncomingMessage,
  { rest, onChunk, causeOf }: Reading,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    for await (const chunk of decoded(res)) {
      if (!rest.isOfNoMatter) onChunk();
      yield chunk;
    }
  } catch (error) {
    const cause = causeOf(error);
    // Also when the connection breaks: nothing that matters is lost. An abort is an abort.
    if (!rest.isOfNoMatter || (cause !== error && !(cause instanceof TimeoutError))) throw cause;
  } finally {
    drain(res);
  }
}

/** Reads what is left so that the connection can be used again; destroying it would cost each call a new one. */
function drain(res: IncomingMessage): void {
  if (res.readableEnded || res.destroyed) return;
  const timer = setTimeout(() => res.destroy(), DRAIN_MS).unref();
  res.once("close", () => clearTimeout(timer));
  res.resume();
}
