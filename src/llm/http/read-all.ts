import type { HttpAnswer } from "./transport.ts";

/** No answer that is read in one piece has more bytes: a list of 50,000 models has a fifth of it. */
const MOST_BYTES = 64 * 1024 * 1024;

/** A refusal says in less than this what it has to say; what is longer would be kept beside each item. */
export const MOST_BYTES_OF_REFUSAL: number = 1024 * 1024;

/** Reads a whole body as text. What is longer than 64 MB is cut off there: it is no JSON document then. */
export async function readAll({ body }: Pick<HttpAnswer, "body">, mostBytes: number = MOST_BYTES): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes >= mostBytes) break;
  }
  return Buffer.concat(chunks).subarray(0, mostBytes).toString("utf8");
}
