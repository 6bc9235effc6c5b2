import { capabilitiesOf, findModel, type FakeModel } from "./model-shelf.ts";
import type { CallBody, CallPath } from "./wire.ts";

/** An answer that says no, with Ollama's words. */
export interface Refusal {
  readonly status: number;
  readonly error: string;
}

/** The model a request names, or why it is refused. */
export function chooseModel(models: readonly FakeModel[], body: CallBody, path: CallPath): FakeModel | Refusal {
  const name = body.model ?? "";
  if (name === "" && path === "/api/chat") return { status: 400, error: "model is required" };
  return findModel(models, name) ?? { status: 404, error: `model '${name}' not found` };
}

/** Why a model cannot do what the request asks for; `undefined` when it can. */
export function refuseWork(model: FakeModel, body: CallBody, path: CallPath): Refusal | undefined {
  const can = new Set(capabilitiesOf(model));
  if (!can.has("thinking") && body.think !== undefined && body.think !== false) {
    return { status: 400, error: `${JSON.stringify(body.model)} does not support thinking` };
  }
  if (!can.has("completion")) {
    const work = path === "/api/chat" ? "chat" : "generate";
    return { status: 400, error: `${JSON.stringify(body.model)} does not support ${work}` };
  }
  if (body.format !== undefined && body.format !== "json" && typeof body.format !== "object") {
    return {
      status: 500,
      error: `invalid format: ${JSON.stringify(body.format)}; expected "json" or a valid JSON Schema object`,
    };
  }
  return undefined;
}
