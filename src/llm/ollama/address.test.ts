import { describe, expect, it } from "vitest";

import { HoldfastError } from "../../core/failure/index.ts";
import { resolveOllamaUrl } from "./index.ts";

describe("resolveOllamaUrl", () => {
  it.each([
    [undefined, "http://127.0.0.1:11434"],
    ["", "http://127.0.0.1:11434"],
    ["  ", "http://127.0.0.1:11434"],
    ["gpu-box", "http://gpu-box:11434"],
    ["gpu-box:8080", "http://gpu-box:8080"],
    ["localhost:80", "http://localhost"],
    [":9999", "http://127.0.0.1:9999"],
    ["0.0.0.0", "http://127.0.0.1:11434"],
    ["0.0.0.0:9999", "http://127.0.0.1:9999"],
    ["http://0.0.0.0:9999", "http://127.0.0.1:9999"],
    ["::1", "http://[::1]:11434"],
    ["[::1]:9999", "http://[::1]:9999"],
    ["[::]:9999", "http://[::1]:9999"],
    ["http://gpu-box", "http://gpu-box"],
    ["https://gpu-box", "https://gpu-box"],
    ["https://gpu-box:11434/", "https://gpu-box:11434"],
    ["https://example.com/ollama/", "https://example.com/ollama"],
    ["gpu-box/ollama", "http://gpu-box:11434/ollama"],
    ["http://me:secret@gpu-box:11434", "http://me:secret@gpu-box:11434"],
    ["'gpu-box:8080'", "http://gpu-box:8080"],
    ['"gpu-box:8080" ', "http://gpu-box:8080"],
  ])("reads OLLAMA_HOST %j as %s", (host, url) => {
    expect(resolveOllamaUrl({ env: { OLLAMA_HOST: host } })).toBe(url);
  });

  it("prefers the flag to the environment, and that to the configuration", () => {
    const sources = { flag: "a", env: { OLLAMA_HOST: "b" }, config: "c" };
    expect(resolveOllamaUrl(sources)).toBe("http://a:11434");
    expect(resolveOllamaUrl({ ...sources, flag: undefined })).toBe("http://b:11434");
    expect(resolveOllamaUrl({ config: "c", env: {} })).toBe("http://c:11434");
    expect(resolveOllamaUrl()).toBe("http://127.0.0.1:11434");
  });

  it.each(["ftp://gpu-box", "gpu box", "gpu-box:port", "gpu-box:70000", "gpu-box:0", "http://", "gpu-box?x=1"])(
    "refuses %j and says where it came from",
    (address) => {
      const attempt = (): string => resolveOllamaUrl({ env: { OLLAMA_HOST: address } });
      expect(attempt).toThrow(HoldfastError);
      expect(attempt).toThrow(
        expect.objectContaining({
          message: `"${address}" is not an address of an Ollama server.`,
          hint: { kind: "give_model_address", server: "ollama", source: "environment" },
        }),
      );
      expect(() => resolveOllamaUrl({ flag: address })).toThrow(
        expect.objectContaining({ hint: expect.objectContaining({ source: "given" }) }),
      );
    },
  );
});
