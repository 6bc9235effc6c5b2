import { createServer, type ServerResponse } from "node:http";
import { once } from "node:events";
import { describe, expect, it, onTestFinished } from "vitest";
import { StepError } from "../../core/failure/index.ts";
import { createOllama } from "../ollama/index.ts";
import { createOpenAI } from "../openai/index.ts";
import type { Adapter, FaultRow, Saying } from "./fault-row.ts";
import { FAULT_TABLE, judge, saidInAnswer, saidInRefusal } from "./index.ts";

/** Every saying of the table with its row. */
const SAYINGS = FAULT_TABLE.flatMap((row) => row.said.map((saying) => ({ row, saying })));

/** The adapters whose servers may say it. */
const adaptersFor = (row: FaultRow, { by }: Saying): readonly Adapter[] =>
  row.adapter !== undefined
    ? [row.adapter]
    : by.startsWith("Ollama") && !by.includes("/v1")
      ? ["openai", "ollama"]
      : ["openai"];

/** A server that says the same to every call for an answer, in the way of an adapter's own API. */
async function serve(saying: Saying, adapter: Adapter): Promise<string> {
  const server = createServer((req, res) => {
    req.resume();
    req.once("end", () => {
      if (req.url === "/api/tags") return void res.end(JSON.stringify({ models: [{ name: "m:latest" }] }));
      if (req.url === "/api/show") return void res.end(JSON.stringify({ capabilities: ["completion"] }));
      return saying.status === "in answer" ? sayInAnswer(res, saying.body, adapter) : refuse(res, saying);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => server.close().closeAllConnections());
  return `http://127.0.0.1:${(server.address() as { port: number }).port}`;
}

function refuse(res: ServerResponse, { status, body, headers }: Saying): void {
  res.writeHead(Number(status), { "content-type": "application/json", ...headers });
  res.end(typeof body === "string" ? body : JSON.stringify(body));
}

function sayInAnswer(res: ServerResponse, body: unknown, adapter: Adapter): void {
  if (adapter === "ollama") {
    res.writeHead(200, { "content-type": "application/x-ndjson" });
    res.write(`${JSON.stringify({ message: { role: "assistant", content: "# K" }, done: false })}\n`);
    return void res.end(`${JSON.stringify(body)}\n`);
  }
  res.writeHead(200, { "content-type": "text/event-stream" });
  res.write(`data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: "# K" }, finish_reason: null }] })}\n\n`);
  // An error that stands in no event is a field of its own, as llama.cpp's server had it.
  const isBare = typeof body === "object" && body !== null && !("error" in body) && !("object" in body);
  return void res.end(isBare ? `error: ${JSON.stringify(body)}\n\n` : `data: ${JSON.stringify(body)}\n\n`);
}

async function failureOf(saying: Saying, adapter: Adapter): Promise<StepError> {
  const url = await serve(saying, adapter);
  const model =
    adapter === "ollama"
      ? createOllama({ model: "m", baseUrl: url })
      : createOpenAI({ model: "m", baseUrl: `${url}/v1`, apiKey: "sk-of-a-test-1234" });
  const error: unknown = await model.generate({ prompt: "What is kelp?" }).catch((reason: unknown) => reason);
  if (!(error instanceof StepError)) throw new Error("Expected a StepError", { cause: error });
  return error;
}

const headersOf = (saying: Saying) => ({ "content-type": "application/json", ...saying.headers });

const verdictOn = (saying: Saying, adapter: Adapter) =>
  judge(
    saying.status === "in answer"
      ? saidInAnswer(saying.body)
      : saidInRefusal(
          { status: saying.status, headers: headersOf(saying) },
          typeof saying.body === "string" ? saying.body : JSON.stringify(saying.body),
        ),
    adapter,
  );

describe("what a server says", () => {
  it.each(
    SAYINGS.flatMap(({ row, saying }) =>
      adaptersFor(row, saying).map(
        (adapter) =>
          [
            `${saying.by} (${saying.source}), ${saying.status}`,
            row.means.kind,
            row.means.says,
            adapter,
            saying,
          ] as const,
      ),
    ),
  )("%s: %s, %s (%s)", async (_by, kind, _says, adapter, saying) => {
    const error = await failureOf(saying, adapter);
    expect({ kind: error.kind, message: error.message }).toEqual({ kind, message: expect.any(String) });
    expect(error.message).toContain(verdictOn(saying, adapter).said.text.slice(0, 40).replace(/\.$/, ""));
    expect(error.message).not.toMatch(/\{\w+\}|undefined|<html/i);
    expect(error.message.length).toBeLessThan(700);
    expect(error.request).toContain("What is kelp?");
  });

  it.each(SAYINGS.map(({ row, saying }) => [saying.by, saying.source, row, saying] as const))(
    "is found by its own row and by no other: %s (%s)",
    (_by, _source, row, saying) => {
      for (const adapter of adaptersFor(row, saying)) expect(verdictOn(saying, adapter).row).toBe(row);
    },
  );
});
