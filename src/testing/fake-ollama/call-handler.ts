import type { ServerResponse } from "node:http";

import { sleep } from "../../retry/index.ts";
import type { Behaviour, Scene } from "./behaviour.ts";
import type { OpenCall } from "./call-log.ts";
import { faultFor } from "./fault-plan.ts";
import type { Fault } from "./faults.ts";
import { fitPrompt, limitAnswer, type Generation } from "./generation.ts";
import { capabilitiesOf, type FakeModel } from "./model-shelf.ts";
import { chooseModel, refuseWork } from "./refusal.ts";
import { breakConnection, sendJson, sendText, untilGone } from "../fake-server/response.ts";
import { lineHead, sendReply, wording } from "./stream.ts";
import { firstTokens } from "../fake-server/tokens.ts";
import { promptOf, type CallBody, type CallPath } from "./wire.ts";

/** Says whether a request has nothing to answer and only loads or unloads its model. */
export const isLoadRequest = (path: CallPath, body: CallBody): boolean =>
  path === "/api/chat" ? (body.messages ?? []).length === 0 : (body.prompt ?? "") === "";

/** Answers a request that only loads or unloads. */
export async function answerLoad(res: ServerResponse, path: CallPath, body: CallBody, scene: Scene): Promise<void> {
  const { behaviour, runner, gone } = scene;
  if (behaviour.loadFault !== undefined && (await misbehave(res, behaviour.loadFault, behaviour, gone))) return;
  const model = chooseModel(behaviour.models, body, path);
  if ("error" in model) return sendJson(res, model.status, { error: model.error });
  const unloads = Number.parseFloat(String(body.keep_alive)) === 0;
  const refusal = unloads ? undefined : refuseWork(model, body, path);
  if (refusal !== undefined) return sendJson(res, refusal.status, { error: refusal.error });
  if (unloads) runner.unload();
  else if (runner.load(model, body)) await sleep(behaviour.loadMs, gone);
  const done_reason = unloads ? "unload" : "load";
  sendJson(res, 200, { ...lineHead(body), ...wording(path, "", undefined), done: true, done_reason });
}

/** Answers a request for text. */
export async function answerCall(res: ServerResponse, path: CallPath, body: CallBody, scene: Scene): Promise<void> {
  const call = scene.log.open(path, body);
  try {
    await performCall(res, path, body, call, scene);
  } finally {
    call.end(scene.gone.aborted ? "broken_off" : "ended");
  }
}

async function performCall(
  res: ServerResponse,
  path: CallPath,
  body: CallBody,
  call: OpenCall,
  { behaviour, runner, gone }: Scene,
): Promise<void> {
  const fault = faultFor(behaviour.faults, call.number, body);
  if (fault !== undefined && (await misbehave(res, fault, behaviour, gone))) return;
  const model = chooseModel(behaviour.models, body, path);
  if ("error" in model) return sendJson(res, model.status, { error: model.error });
  const refusal = refuseWork(model, body, path);
  if (refusal !== undefined) return sendJson(res, refusal.status, { error: refusal.error });

  const slowLoadMs = fault?.does === "load_slowly" ? fault.loadMs : 0;
  const loadMs = (runner.load(model, body) ? behaviour.loadMs : 0) + slowLoadMs;
  await sleep(loadMs + behaviour.delayMs, gone);

  const fitted = fitPrompt(promptOf(body), body);
  if ("does" in fitted) return void (await misbehave(res, fitted, behaviour, gone));
  if (fitted.tokensCut > 0) call.cut(fitted.tokensCut);
  const read = fitted.tokensCut > 0 ? { ...body, messages: [{ role: "user", content: fitted.prompt }] } : body;
  const said = limitAnswer(behaviour.answer(read), fitted.promptTokens, body);
  const generation = spoil(think(said, model, body), fault);
  await sendReply(
    res,
    { path, body, generation, promptTokens: fitted.promptTokens, loadMs, fault },
    behaviour.pace,
    gone,
  );
}

/** Does what a fault does before any answer; says whether that was all. */
export async function misbehave(
  res: ServerResponse,
  fault: Fault,
  { takeDown }: Behaviour,
  gone: AbortSignal,
): Promise<boolean> {
  if (fault.does === "respond") respond(res, fault);
  else if (fault.does === "reset") breakConnection(res);
  else if (fault.does === "hang") await untilGone(gone);
  else if (fault.does === "outage") takeDown(fault.outageMs);
  else return false;
  return true;
}

function respond(res: ServerResponse, { status, body, headers }: Extract<Fault, { does: "respond" }>): void {
  if (typeof body === "string") sendText(res, status, body, headers);
  else sendJson(res, status, body, headers);
}

/** A thinking model thinks unless it is told not to: leaving `think` out means yes. */
const think = (said: Generation, model: FakeModel, body: CallBody): Generation =>
  capabilitiesOf(model).includes("thinking") && body.think !== false
    ? { ...said, thinking: `The reader wants this: ${firstTokens(said.text, 12)}` }
    : said;

/** What some faults make of an answer. */
const SPOILED: { readonly [Does in Fault["does"]]?: (said: Generation) => Generation } = {
  think_only: (said) => ({ thinking: said.text, text: "", doneReason: "stop" }),
  say_nothing: () => ({ thinking: "", text: "", doneReason: "stop" }),
  cut_at_length: (said) => ({ ...said, text: said.text.slice(0, said.text.length / 2), doneReason: "length" }),
};

const spoil = (said: Generation, fault: Fault | undefined): Generation =>
  (fault && SPOILED[fault.does]?.(said)) ?? said;
