import { describe, expect, it } from "vitest";
import { createSession } from "../../../core/session/index.ts";
import type { JsonValue } from "../../../core/base/index.ts";
import { beginCommand } from "./begin-command.ts";

const sessionOf = (options: JsonValue, path: string | null = null) =>
  createSession({
    id: "20260119_143052",
    pipeline: { name: "import", path, hash: "" },
    phases: [],
    options,
    now: new Date(0),
  });

describe("beginCommand", () => {
  it.each<[what: string, options: JsonValue, path: string | null, command: string]>([
    [
      "an import",
      { import: { export: "/a/chats.zip", out: "/a/notes" } },
      null,
      "holdfast import /a/chats.zip --out /a/notes",
    ],
    [
      "an import from a path that a shell would break up",
      { import: { export: "/a/my chats.zip", out: "/a/it's" } },
      null,
      `holdfast import '/a/my chats.zip' --out '/a/it'\\''s'`,
    ],
    [
      "an import with flags of its own",
      {
        import: {
          export: "/a/c.zip",
          out: "/n",
          minMessages: 0,
          onEdited: "keep",
          layout: "by-date",
          language: "日本語",
        },
        flags: {
          llm: "ollama:qwen3",
          maxCost: 5,
          price: [0.15, 0.6],
          failOnError: "5%",
          cache: false,
          redis: "redis://:secret@q",
        },
      },
      null,
      "holdfast import /a/c.zip --out /n --min-messages 0 --layout by-date --language '日本語' --llm ollama:qwen3 --max-cost 5 --price 0.15,0.6 --fail-on-error 5% --no-cache",
    ],
    [
      "an import through a server whose address has a password",
      {
        import: { export: "/a", out: "/n" },
        flags: { llm: "openai:x", openaiUrl: "https://me:secret@llm.example/v1" },
      },
      null,
      "holdfast import /a --out /n --llm openai:x --openai-url https://llm.example/v1",
    ],
    [
      "notes that are sorted into a vault",
      { organize: { folder: "/a/n", vault: "/v", kind: "move", onConflict: "skip", settings: {}, preview: false } },
      null,
      "holdfast organize /a/n --vault /v",
    ],
    [
      "notes that are sorted with flags of its own",
      {
        organize: { folder: "/my n", vault: "/v", kind: "copy", onConflict: "increment", settings: {}, preview: false },
        flags: { llm: "ollama:qwen3" },
      },
      null,
      "holdfast organize '/my n' --vault /v --copy --on-conflict increment --llm ollama:qwen3",
    ],
    [
      "a try of an export",
      { cwd: "/a", flags: { llm: "ollama:qwen3" }, try: { items: ["a"], import: { export: "/a/c.zip", out: "/n" } } },
      null,
      "holdfast try /a/c.zip --out /n --llm ollama:qwen3",
    ],
    [
      "a try of a pipeline's file",
      { cwd: "/a", try: { items: ["a"] } },
      "/a/summaries.ts",
      "holdfast try /a/summaries.ts",
    ],
    ["a pipeline's file", { cwd: "/a" }, "/a/summaries.ts", "holdfast run /a/summaries.ts"],
    ["a program", {}, null, "your program"],
    ["options that somebody changed", [1], "/a.ts", "holdfast run /a.ts"],
    ["an import without a folder", { import: { export: 1 } }, "/a.ts", "holdfast run /a.ts"],
  ])("names what begins %s", (_, options, path, command) => {
    expect(beginCommand(sessionOf(options, path), { at: "" })).toBe(command);
  });
});
