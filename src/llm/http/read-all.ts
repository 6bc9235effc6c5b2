import type { HttpAnswer } from "./transport.ts";

/** Reads a whole body as text. */
export async function readAll({ body }: HttpAnswer): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}
