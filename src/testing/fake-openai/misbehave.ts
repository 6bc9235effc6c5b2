import type { ServerResponse } from "node:http";
import { breakConnection, sendJson, sendText, untilGone } from "../fake-server/response.ts";
import type { OpenAIFault } from "./faults.ts";

/** Does what a fault does before any answer; one that needs an answer never answers. */
export async function misbehave(res: ServerResponse, fault: OpenAIFault, gone: AbortSignal): Promise<void> {
  if (fault.does === "reset") return breakConnection(res);
  if (fault.does !== "respond") return untilGone(gone);
  const { status, body, headers } = fault;
  return typeof body === "string" ? sendText(res, status, body, headers) : sendJson(res, status, body, headers);
}
