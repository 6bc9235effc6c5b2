import { describe, expect, it } from "vitest";
import { OPENAI_FAULTS, startFakeOpenAI, type OpenAICallBody, type OpenAIFault } from "../../entries/testing.ts";
import { createOpenAI } from "./index.ts";

const FORBIDDEN: OpenAIFault = { does: "respond", status: 403, body: { error: { message: "Forbidden" } } };

/** A firewall, or a key's own rules, that refuses one chat of all; `others` is what all other calls meet. */
async function refusing(refusal: OpenAIFault, others?: OpenAIFault) {
  const bodies: OpenAICallBody[] = [];
  const fake = await startFakeOpenAI({
    faults: (number) => (isAboutBees(fake.calls[number - 1]?.body) ? refusal : others),
    answer: (body) => {
      bodies.push(body);
      return "Kelp grips rock.";
    },
  });
  const model = createOpenAI({ model: "m", baseUrl: fake.url });
  const ask = (prompt: string) => model.generate({ prompt }).catch((error: unknown) => error);
  return { fake, ask, [Symbol.asyncDispose]: () => fake[Symbol.asyncDispose]() };
}

const isAboutBees = (body: OpenAICallBody | undefined): boolean => body?.messages?.at(-1)?.content === "bees";

describe("a 403 without a word about the key", () => {
  it.each([
    [
      "a firewall's page",
      OPENAI_FAULTS.firewall_page,
      "A firewall in front of the server does not let this chat through",
    ],
    ["a bare refusal", FORBIDDEN, "The server refuses this chat, and takes others with the same key"],
  ])("is the chat's when another call gets through, also as the first of a run: %s", async (_, refusal, message) => {
    await using served = await refusing(refusal);
    for (let run = 0; run < 2; run += 1) {
      expect(await served.ask("bees")).toMatchObject({
        kind: "input",
        message: expect.stringContaining(message),
        usage: { outputTokens: 1 },
        request: expect.stringContaining("bees"),
      });
    }
    expect(await served.ask("kelp")).toMatchObject({ text: "Kelp grips rock." });
  });

  it.each([
    ["a firewall's page", OPENAI_FAULTS.firewall_page, "missing_model"],
    ["a bare refusal", FORBIDDEN, "auth"],
  ])("stops the run when nothing gets through: %s", async (_, refusal, kind) => {
    await using served = await refusing(refusal, refusal);
    expect(await served.ask("bees")).toMatchObject({ kind });
    expect(served.fake.calls).toHaveLength(2);
  });

  it.each([
    ["a key that is wrong", OPENAI_FAULTS.invalid_key, "auth"],
    ["no money", OPENAI_FAULTS.low_balance, "quota"],
    ["a model that is gone", OPENAI_FAULTS.model_not_found, "missing_model"],
  ])("says what the other call says: %s", async (_, others, kind) => {
    await using served = await refusing(FORBIDDEN, others);
    expect(await served.ask("bees")).toMatchObject({ kind, message: expect.not.stringContaining("Forbidden") });
  });

  it.each([
    ["is overloaded", OPENAI_FAULTS.overloaded],
    ["breaks", OPENAI_FAULTS.reset],
  ])("is tried again later when the other call %s", async (_, others) => {
    await using served = await refusing(FORBIDDEN, others);
    expect(await served.ask("bees")).toMatchObject({ kind: "transient" });
  });

  it("asks nobody when the server says that it is the key", async () => {
    await using served = await refusing(OPENAI_FAULTS.forbidden);
    expect(await served.ask("bees")).toMatchObject({ kind: "auth" });
    expect(served.fake.calls).toHaveLength(1);
  });
});
