import { describe, expect, it } from "vitest";
import { resolveOpenAIUrl } from "./index.ts";

describe("resolveOpenAIUrl", () => {
  it.each([
    [{}, "https://api.openai.com/v1"],
    [{ config: "http://c/v1" }, "http://c/v1"],
    [{ config: "http://c/v1", env: { OPENAI_BASE_URL: "http://e/v1" } }, "http://e/v1"],
    [{ config: "http://c/v1", env: { OPENAI_BASE_URL: "http://e/v1" }, flag: "http://f/v1" }, "http://f/v1"],
    [{ flag: "", env: { OPENAI_BASE_URL: ' "http://e/v1/" ' } }, "http://e/v1"],
    [{ flag: "http://127.0.0.1:1234" }, "http://127.0.0.1:1234/v1"],
    [{ flag: "https://openrouter.ai/api/v1/chat/completions" }, "https://openrouter.ai/api/v1"],
  ])("makes of %j the base %s", (sources, url) => {
    expect(resolveOpenAIUrl(sources)).toBe(url);
  });

  it.each(["localhost:1234", "ftp://host", "http://host/v1?key=1"])(
    "refuses %s and says where it came from",
    (flag) => {
      expect(() => resolveOpenAIUrl({ flag })).toThrow(
        expect.objectContaining({
          message: `"${flag}" is not an address of an API.`,
          hint: { kind: "give_model_address", server: "openai", source: "given" },
        }),
      );
    },
  );
});
