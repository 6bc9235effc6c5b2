import { describe, expect, it } from "vitest";
import { hintText, type HintOf } from "../../core/failure/index.ts";
import { hintForTerminal } from "./hint-text.ts";

const sessionId = "20260119_143052";

/** One of each kind: a kind that is missing here does not compile. */
const ALL: { readonly [K in HintOf["kind"]]: HintOf<K> } = {
  raise_limit: { kind: "raise_limit", limit: "maxCost", to: 10.04, sessionId },
  take_next: { kind: "take_next", limit: 50, sessionId },
  more_time: { kind: "more_time", limit: "until", to: "06:00", sessionId },
  resume: { kind: "resume", sessionId },
  force_resume: { kind: "force_resume", sessionId },
  wait_or_cancel: { kind: "wait_or_cancel", sessionId, host: "kelp-2", next: "resume" },
  list_sessions: { kind: "list_sessions", otherWorkspace: true },
  show_failed: { kind: "show_failed", sessionId },
  show_item: { kind: "show_item", sessionId, itemId: "kelp" },
  give_price: { kind: "give_price" },
  reclaim_items: { kind: "reclaim_items", sessionId },
  reclaim_before_move: { kind: "reclaim_before_move", sessionId },
  reclaim_by_force: { kind: "reclaim_by_force", sessionId },
  allow_volatile: { kind: "allow_volatile" },
  give_queue: { kind: "give_queue", example: "redis://127.0.0.1:6379" },
  give_other_folder: { kind: "give_other_folder" },
  import_documents: { kind: "import_documents" },
  name_provider: { kind: "name_provider", providers: ["claude", "chatgpt"] },
  write_default_prompts: { kind: "write_default_prompts", purpose: "start from" },
  list_review: { kind: "list_review" },
  smaller_context: { kind: "smaller_context" },
  give_model_file: { kind: "give_model_file" },
  build_llama: { kind: "build_llama" },
  start_ollama: { kind: "start_ollama" },
  start_openai_server: { kind: "start_openai_server" },
  give_model_address: { kind: "give_model_address", server: "ollama", source: "given" },
  fix_config: { kind: "fix_config" },
  choose_config: { kind: "choose_config", file: "holdfast.config.ts" },
  name_config: { kind: "name_config" },
};

/** `prompts` is our only command of a hint that looks into no workspace. */
const COMMAND_OF_WORKSPACE = /\bholdfast (?!prompts\b)[a-z]/;

describe("a hint", () => {
  it.each(Object.values(ALL))("names no command and no flag of ours to a program: $kind", (hint) => {
    expect(hintText(hint)).toMatch(/^[A-Z`].{10,}$/);
    expect(hintText(hint)).not.toMatch(/\bholdfast [a-z]|(?:^|[\s`(])--[a-z]/);
  });

  it.each(Object.values(ALL))("names a command or a flag to a person at a terminal: $kind", (hint) => {
    expect(hintForTerminal(hint)).toMatch(/\bholdfast [a-z]|(?:^|[\s`(])--[a-z]/);
  });

  it.each(Object.values(ALL).filter((hint) => COMMAND_OF_WORKSPACE.test(hintForTerminal(hint))))(
    "has the workspace in its command, and no gap to fill in: $kind",
    (hint) => {
      expect(hintForTerminal(hint, { workspaceFlag: " --workspace w" })).toMatch(
        /\bholdfast [a-z][^`<]* --workspace w(?:$|[`.])/,
      );
    },
  );

  it("says how to go on at a limit, to each in their words", () => {
    expect(hintText(ALL.raise_limit)).toBe("Raise `limits.maxCost` to 10.04 and resume the session.");
    expect(hintForTerminal(ALL.raise_limit, { workspaceFlag: " --workspace w" })).toContain(
      `\`holdfast resume ${sessionId} --max-cost 10.04 --workspace w\``,
    );
  });

  it.each([
    [
      { sessionId, next: "resume" },
      `or stop it with \`holdfast cancel ${sessionId}\`; the session can then be resumed.`,
    ],
    [{ next: "run again" }, "or stop it with Ctrl-C there; then run again."],
    [{ host: "b", next: "run again" }, "or stop it on b with Ctrl-C there; then run again."],
  ] as const)("says how to stop another process as far as it is known: %o", (data, text) => {
    expect(hintForTerminal({ kind: "wait_or_cancel", ...data })).toContain(text);
  });

  it("that is a sentence stays as it is", () => {
    expect([hintText("Free some space."), hintForTerminal("Free some space.")]).toEqual([
      "Free some space.",
      "Free some space.",
    ]);
  });
});
