import { describe, expect, it } from "vitest";
import { keyHider } from "./index.ts";

const KEY = "sk-secret-abcdefgh12345678";

describe("keyHider", () => {
  it.each([
    [KEY, `Bad header Bearer ${KEY}.`, "Bad header Bearer ***."],
    // As OpenAI hides the middle of a key itself.
    [KEY, "Incorrect API key provided: sk-secre***5678.", "Incorrect API key provided: ***."],
    [KEY, "Incorrect API key provided: sk-other***5678.", "Incorrect API key provided: sk-other***5678."],
    ["x", "maximum context length, exceeded", "maximum context length, exceeded"],
    ["ollama", "ollama is busy", "ollama is busy"],
    [undefined, "as it is", "as it is"],
  ])("of the key %s makes of %s: %s", (key, text, hidden) => {
    expect(keyHider(key)(text)).toBe(hidden);
  });
});
