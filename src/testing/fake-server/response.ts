import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { sleep } from "../../retry/index.ts";

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

/**
 * Writes a part of a stream: whole, or in writes of so many bytes that cut through lines and characters.
 */
export async function writePart(
  res: ServerResponse,
  text: string,
  bytesPerWrite: number | undefined,
  gone: AbortSignal,
): Promise<void> {
  const bytes = Buffer.from(text);
  const size = bytesPerWrite ?? bytes.length;
  for (let start = 0; start < bytes.length; start += size) {
    res.write(bytes.subarray(start, start + size));
    if (bytesPerWrite !== undefined) await sleep(0, gone);
  }
}

/** Sends what has been written, then breaks the connection: without the pause the other side would see none of it. */
export async function breakAfterwards(res: ServerResponse, gone: AbortSignal): Promise<void> {
  await sleep(10, gone);
  breakConnection(res);
}

/** Some milliseconds, or none at all: a pause of 0 would still let others go first. */
export const pause = async (ms: number, gone: AbortSignal): Promise<void> => {
  if (ms > 0) await sleep(ms, gone);
};
