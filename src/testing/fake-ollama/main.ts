#!/usr/bin/env node
// Runs the fake as its own process, so that a test can kill the client, or the server, and still count the calls.
import { appendFileSync } from "node:fs";
import { parseArgs } from "node:util";

import { randomFaults } from "./fault-plan.ts";
import { startFakeOllama } from "./server.ts";

const { values } = parseArgs({
  options: {
    port: { type: "string", default: "0" },
    model: { type: "string", multiple: true, default: ["llama3.2:latest"] },
    "fault-rate": { type: "string", default: "0" },
    seed: { type: "string", default: "1" },
    "delay-ms": { type: "string", default: "0" },
    "calls-file": { type: "string" },
  },
});

const numberOf = (name: "port" | "fault-rate" | "seed" | "delay-ms"): number => {
  const value = Number(values[name]);
  if (!Number.isFinite(value) || value < 0) throw new RangeError(`Expected \`--${name}\` to be a number >= 0`);
  return value;
};
const callsFile = values["calls-file"];

const server = await startFakeOllama({
  port: numberOf("port"),
  models: values.model.map((name) => ({ name })),
  faults: randomFaults({ rate: numberOf("fault-rate"), seed: numberOf("seed") }),
  delayMs: numberOf("delay-ms"),
  onCall: ({ number, path, atMs, inFlight, numCtx, body }) => {
    if (callsFile === undefined) return;
    // Written before anything is answered: whoever counts lines after a crash counts every call that arrived.
    appendFileSync(callsFile, `${JSON.stringify({ number, path, model: body.model, atMs, inFlight, numCtx })}\n`);
  },
});
console.log(`Fake Ollama listens on ${server.url}`);

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => void server[Symbol.asyncDispose]().then(() => process.exit(0)));
}
