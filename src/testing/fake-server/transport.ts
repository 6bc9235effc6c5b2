import type { ServerResponse } from "node:http";
import { breakConnection, sendJson, sendText, untilGone } from "./response.ts";

/** What keeps a model from running at all, whichever API it is behind. */
export type TransportFault =
  | {
      readonly does: "respond";
      readonly status: number;
      readonly body: Readonly<Record<string, unknown>> | readonly unknown[] | string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  | { readonly does: "reset" }
  | { readonly does: "hang" };

/** Does what keeps the model from running. */
export async function misbehave(res: ServerResponse, fault: TransportFault, gone: AbortSignal): Promise<void> {
  if (fault.does === "reset") return breakConnection(res);
  if (fault.does === "hang") return untilGone(gone);
  const { status, body, headers } = fault;
  return typeof body === "string" ? sendText(res, status, body, headers) : sendJson(res, status, body, headers);
}
