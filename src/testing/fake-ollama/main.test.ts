import { spawn, type ChildProcess } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { expect, it, onTestFinished } from "vitest";
import { until } from "../../../test/until.ts";

const MAIN = join(import.meta.dirname, "main.ts");

async function run(...args: readonly string[]): Promise<{ readonly child: ChildProcess; readonly url: string }> {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  for await (const line of createInterface({ input: child.stdout })) {
    return { child, url: line.replace("Fake Ollama listens on ", "") };
  }
  throw new Error("The fake ended without a word");
}

it("runs as a process of its own and writes down each call before it answers", async () => {
  const folder = await mkdtemp(join(tmpdir(), "fake-ollama-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const callsFile = join(folder, "calls.jsonl");
  const { child, url } = await run("--model", "tiny:1b", "--delay-ms", "60000", "--calls-file", callsFile);

  const body = JSON.stringify({ model: "tiny:1b", messages: [{ role: "user", content: "Hi" }] });
  const unanswered = fetch(`${url}/api/chat`, { method: "POST", body }).catch(() => "broken");
  await until(async () => (await readFile(callsFile, "utf8")).includes("\n"));
  child.kill("SIGKILL");

  expect(await unanswered).toBe("broken");
  const lines = (await readFile(callsFile, "utf8")).trim().split("\n");
  expect(lines.map((line): unknown => JSON.parse(line))).toMatchObject([
    { number: 1, path: "/api/chat", model: "tiny:1b", inFlight: 1 },
  ]);
});

it("meets faults at the rate it was told, and ends at SIGTERM", async () => {
  const { child, url } = await run("--fault-rate", "1", "--seed", "3");
  const body = JSON.stringify({ model: "llama3.2", messages: [{ role: "user", content: "Hi" }], stream: false });
  const call = fetch(`${url}/api/chat`, { method: "POST", body });
  const answered = await call.then((response) => response.json()).catch(() => ({ done: false }));
  expect(answered).not.toMatchObject({ done: true });

  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  expect(await ended).toBe(0);
});
