import { describe, expect, it, vi } from "vitest";
import { chooseEmbedding, withoutEmbed } from "./choose-embedding.ts";
import { toRunOptions } from "./run-flags.ts";

describe("--embed", () => {
  it.each([
    ["ollama:nomic-embed-text", "ollama:nomic-embed-text", "ollama embeddings"],
    ["ollama:nomic-embed-text:v1.5", "ollama:nomic-embed-text:v1.5", "ollama embeddings"],
    ["openai:text-embedding-3-small", "openai:text-embedding-3-small", "openai embeddings"],
  ])("%s is an embedding model", (embed, id, lane) => {
    expect(chooseEmbedding({ embed })).toMatchObject({ id, lane });
  });

  it.each(["extractive", "gguf:e.gguf", "ollama", "ollama:", "", "toString:m"])("%j is refused", (embed) => {
    expect(() => chooseEmbedding({ embed })).toThrow(
      `Expected --embed to be one of ollama:<model>, openai:<model>, got ${JSON.stringify(embed)}.`,
    );
  });

  it("is at the address of its provider", () => {
    vi.stubEnv("OPENAI_BASE_URL", undefined);
    const flags = { embed: "openai:e", openaiUrl: "http://127.0.0.1:9/v1" };
    expect(chooseEmbedding(flags)?.fingerprint).toContain("at=http://127.0.0.1:9/v1");
    vi.unstubAllEnvs();
  });

  it("gives a run its embedding model, in a lane with the run's calls at once", async () => {
    const flags = { embed: "ollama:e", concurrency: 3, maxOutage: 60, requestsPerSecond: 5 };
    const options = await toRunOptions(flags);
    expect(options.embeddingModel?.id).toBe("ollama:e");
    expect(options.lanes).toEqual({ embedding: { concurrency: 3, maxOutageMs: 60_000 } });
    expect(await toRunOptions({})).not.toHaveProperty("embeddingModel");
  });

  it("says nothing to a command whose steps make no vectors", () => {
    expect(withoutEmbed({ embed: "ollama:e", out: "notes" })).toEqual({ out: "notes" });
  });
});
