import type { ServerResponse } from "node:http";
import { misbehave, type TransportFault } from "../fake-server/transport.ts";
import type { Scene } from "./scene.ts";

/** Refuses a request, with the id and the limits that each answer has. */
export function refuse(
  res: ServerResponse,
  fault: TransportFault,
  { requestId, limits, gone }: Pick<Scene, "requestId" | "limits" | "gone">,
): Promise<void> {
  if (fault.does !== "respond") return misbehave(res, fault, gone);
  const headers = { "request-id": requestId, ...limits.headers(), ...fault.headers };
  const { body } = fault;
  const isOwn = typeof body === "object" && "type" in body && body["type"] === "error";
  return misbehave(res, { ...fault, headers, ...(isOwn && { body: { ...body, request_id: requestId } }) }, gone);
}
