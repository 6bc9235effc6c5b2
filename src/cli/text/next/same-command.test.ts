import { expect, it } from "vitest";
import { sameCommand } from "./same-command.ts";

const given = (...words: readonly string[]): readonly string[] => ["node", "holdfast.js", ...words];

it.each([
  [["organize", "my notes", "--vault", "~/v", "--copy"], {}, "holdfast organize 'my notes' --vault ~/v --copy"],
  [["organize", "n", "--max-cost", "2"], { change: { "--max-cost": "5" } }, "holdfast organize n --max-cost 5"],
  [["organize", "--max-cost=2", "n"], { change: { "--max-cost": "5" } }, "holdfast organize n --max-cost 5"],
  [["organize", "n"], { change: { "--max-cost": "5" } }, "holdfast organize n --max-cost 5"],
  [["organize", "--until", "2026-12-01 06:00", "n"], { change: { "--until": undefined } }, "holdfast organize n"],
  [["plan", "a.zip", "--json"], { name: "import", without: ["--json"] }, "holdfast import a.zip"],
  [["import", "a", "--openai-url", "https://me:secret@x/v1"], {}, "holdfast import a --openai-url https://x/v1"],
  [["import", "a", "--ollama-url=http://me@x:1"], {}, "holdfast import a --ollama-url=http://x:1"],
] as const)("%j with %o is %s", (words, options, command) => {
  expect(sameCommand({ argv: given(...words), ...options })).toBe(command);
});
