import { once } from "node:events";
import type { ServerResponse } from "node:http";

type Headers = Readonly<Record<string, string>>;

/** Sends one JSON document. */
export function sendJson(res: ServerResponse, status: number, value: unknown, headers: Headers = {}): void {
  res.writeHead(status, { "content-type": "application/json; charset=utf-8", ...headers });
  res.end(JSON.stringify(value));
}

/** Headers of whatever is sent then. */
export function setHeaders(res: ServerResponse, headers: Headers): void {
  for (const [name, value] of Object.entries(headers)) res.setHeader(name, value);
}

/** Breaks the connection so that the other side sees a reset. */
export function breakConnection(res: ServerResponse): void {
  res.socket?.resetAndDestroy();
}

/** Waits until the other side has gone. */
export async function untilGone(gone: AbortSignal): Promise<void> {
  if (!gone.aborted) await once(gone, "abort");
}

/** Sends a plain text. */
export function sendText(res: ServerResponse, status: number, text: string, headers: Headers = {}): void {
  res.writeHead(status, { "content-type": "text/plain; charset=utf-8", ...headers });
  res.end(text);
}
