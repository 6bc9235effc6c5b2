import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { wordsOf } from "../../src/cli/text/next/fixtures/pasted.ts";
import { startFakeOllama } from "../../src/entries/testing.ts";
import { holdfast, newProject } from "./holdfast.ts";

const NOTES = ["Kelp", "Moss", "Rock", "Tide"];

function projectWith(settings: object): string {
  const cwd = newProject();
  writeFileSync(join(cwd, "holdfast.config.json"), JSON.stringify(settings));
  for (const name of NOTES) {
    const file = join(cwd, "notes", `${name}.md`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${name} is a word.\n`);
  }
  return cwd;
}

const organize = (cwd: string, ...more: readonly string[]) =>
  holdfast(["organize", "notes", "--vault", "vault", "--yes", ...more], { cwd });

const movedIn = (cwd: string): number =>
  readdirSync(join(cwd, "vault"), { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".md")).length;

describe("holdfast organize with limits", () => {
  it("moves the first notes with --limit, and the next ones when it is run again", async () => {
    const cwd = projectWith({ organize: { rules: [{ genre: "science", when: { words: ["word"] } }] } });
    const first = await organize(cwd, "--limit", "3");
    expect(first).toMatchObject({ code: 6, stdout: expect.stringContaining("3 completed") });
    expect(movedIn(cwd)).toBe(3);
    expect(await organize(cwd, "--limit", "3")).toMatchObject({ code: 0 });
    expect(movedIn(cwd)).toBe(4);
  });

  it("prints the command that goes on after a preview that was stopped, and asks nothing twice", async () => {
    await using server = await startFakeOllama({ answer: () => "Genre: science" });
    const cwd = projectWith({ organize: { genres: ["science"] } });
    const llm = [
      "--llm",
      "ollama:llama3.2",
      "--ollama-url",
      server.url,
      "--workspace",
      "my runs",
      "--concurrency",
      "1",
    ];
    const stopped = await organize(cwd, ...llm, "--window", "1", "--no-cache", "--max-tokens", "1");
    expect(stopped).toMatchObject({ code: 6, stderr: expect.stringContaining("Stopped in the preview: ") });
    const [, command = ""] = /Run `(holdfast organize [^`]+)` to go on/.exec(stopped.stderr) ?? [];
    expect(command).toContain(" --workspace 'my runs'");
    expect(command).toContain(" --max-tokens ");
    expect(command).not.toContain("--no-cache");

    const again = [...wordsOf(command).slice(1), "--max-tokens", "1000000"];
    const done = await holdfast(again, { cwd });
    expect(done).toMatchObject({ code: 0, stdout: expect.stringContaining("4 completed") });
    expect(movedIn(cwd)).toBe(4);
    const asked = server.calls.filter(({ path }) => path === "/api/chat").length;
    expect(asked).toBe(4);
    const [id = ""] = readdirSync(join(cwd, "my runs", "sessions"))
      .toSorted()
      .slice(-1);
    const { options } = JSON.parse(readFileSync(join(cwd, "my runs", "sessions", id, "session.json"), "utf8")) as {
      options: { flags: { maxTokens: number } };
    };
    // What the preview used of it is gone.
    expect(options.flags.maxTokens).toBeLessThan(1_000_000);
  });
});
