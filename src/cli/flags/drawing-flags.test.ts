import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { Command } from "commander";
import { describe, expect, it, onTestFinished } from "vitest";
import { createExtractive } from "../../llm/extractive/index.ts";
import { addRunFlags, toRunOptions, type RunFlags } from "./run-flags.ts";

const flagsOf = (...words: readonly string[]): RunFlags =>
  addRunFlags(new Command("run"))
    .exitOverride()
    .configureOutput({ writeErr: () => {} })
    .parse([...words], { from: "user" })
    .opts();

/** What a server of OpenAI's API is asked with these flags and settings. */
async function askedWith(words: readonly string[], settings: Partial<RunFlags> = {}) {
  const bodies: unknown[] = [];
  const server = createServer((req, res) => {
    let text = "";
    req.on("data", (piece: Buffer) => (text += piece.toString()));
    req.once("end", () => {
      bodies.push({ ...(JSON.parse(text) as object), headers: req.headers });
      const choices = [{ index: 0, message: { content: "Kelp." }, finish_reason: "stop" }];
      res.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ choices }));
    });
  }).listen(0, "127.0.0.1");
  onTestFinished(() => server.close().closeAllConnections());
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  const { model } = await toRunOptions({ ...settings, ...flagsOf("--llm", "openai:m", "--openai-url", url, ...words) });
  await model?.generate({ prompt: "?" });
  return bodies[0];
}

describe("the flags of how a model draws its answers", () => {
  it("reach the server, as numbers, lists and texts, and go before the settings of a file", async () => {
    const words = ["--temperature", "0.2", "--model-option", "seed=7", "--model-option", "reasoning_effort=low"];
    const settings = {
      modelOptions: { seed: 1, service_tier: "flex" },
      modelHeaders: { "OpenAI-Organization": "org-1" },
    };
    expect(await askedWith([...words, "--model-option", 'stop=["a", "b"]'], settings)).toMatchObject({
      temperature: 0.2,
      seed: 7,
      reasoning_effort: "low",
      service_tier: "flex",
      stop: ["a", "b"],
      headers: { "openai-organization": "org-1" },
    });
  });

  it.each([
    [["--model-option", "seed"], "Expected a name and a value, as in reasoning_effort=low."],
    [["--temperature", "-1"], "Expected a number of 0 or more."],
    [["--max-output-tokens", "0"], "Expected a whole number of 1 or more."],
  ])("are refused where they are none: %j", (words, message) => {
    expect(() => flagsOf(...words)).toThrow(message);
  });

  it.each([
    [
      ["--temperature", "0"],
      "--temperature would do nothing: the model of the configuration file has settings of its own.",
    ],
    [["--num-ctx", "9", "--model-option", "seed=7"], "--model-option and --num-ctx would do nothing"],
  ])("are refused for a model object: %j", async (words, message) => {
    const model = createExtractive();
    expect((await toRunOptions({ model })).model).toBe(model);
    await expect(toRunOptions({ ...flagsOf(...words), model })).rejects.toThrow(message);
  });

  it.each([
    [["--temperature", "0"], "--temperature is for a model, and the extractive engine is none."],
    [["--model-option", "seed=7"], "--model-option is for a model, and the extractive engine is none."],
  ])("are refused where they would do nothing: %j", async (words, message) => {
    await expect(toRunOptions(flagsOf(...words))).rejects.toThrow(message);
  });
});
