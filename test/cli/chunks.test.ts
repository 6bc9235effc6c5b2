import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { randomFaults, startFakeOllama, type CallBody, type FakeOllama } from "../../src/entries/testing.ts";
import { holdfast, newProject, sessionIdIn, start } from "./holdfast.ts";
import { until } from "../until.ts";

const BLOCKS = 60;

/** A Claude export with one long chat: 240 messages of a good 1,200 characters, a code block in each fourth of them. */
function writeLongChat(folder: string): string {
  const sentence = (n: number, m: number): string =>
    `On day ${n} the diver wrote that kelp number ${m} had held through the storm while the rock beside it had not.`;
  const messages = Array.from({ length: BLOCKS * 4 }, (_, n) => {
    const prose = Array.from({ length: 11 }, (_, m) => sentence(n, m)).join("\n\n");
    const text = n % 4 === 3 ? `${prose}\n\n\`\`\`python\ndef day_${n}():\n    return ${n}\n\`\`\`` : prose;
    return {
      uuid: `m${n}`,
      text,
      content: [{ type: "text", text }],
      sender: n % 2 === 0 ? "human" : "assistant",
      created_at: "2026-01-05T10:00:00Z",
      updated_at: "2026-01-05T10:00:00Z",
      attachments: [],
      files: [],
    };
  });
  const chat = { uuid: "00000000-0000-4000-8000-00000000000a", name: "A long dive", chat_messages: messages };
  mkdirSync(folder, { recursive: true });
  const times = { created_at: "2026-01-05T10:00:00Z", updated_at: "2026-01-05T11:00:00Z" };
  writeFileSync(join(folder, "conversations.json"), JSON.stringify([{ ...chat, ...times, account: { uuid: "a" } }]));
  return folder;
}

const FAST = ["--min-wait", "0.01", "--max-wait", "0.05"];

const importing = (server: FakeOllama, ...more: readonly string[]): readonly string[] =>
  `import chats --out notes --llm ollama:llama3.2 --ollama-url ${server.url} --num-ctx 4096`
    .split(" ")
    .concat(FAST, more);

function newLongChat(): string {
  const cwd = newProject();
  writeLongChat(join(cwd, "chats"));
  return cwd;
}

const notesIn = (cwd: string): readonly string[] =>
  readdirSync(join(cwd, "notes"), { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".md"));

const noteIn = (cwd: string): string => readFileSync(join(cwd, "notes", notesIn(cwd)[0] ?? ""), "utf8");

const promptOf = ({ messages = [] }: CallBody): string => messages.map(({ content }) => content).join("\n");

describe("a chat of 300,000 characters and a context of 4,096 tokens", () => {
  it("becomes one note with every code block, a call for each part and one for the whole", async () => {
    await using server = await startFakeOllama();
    const cwd = newLongChat();
    const ran = await holdfast(importing(server), { cwd });
    expect(ran.code).toBe(0);
    expect(notesIn(cwd)).toHaveLength(1);
    const note = noteIn(cwd);
    const parts = Number(/^chunks: (\d+)$/m.exec(note)?.[1]);
    expect(parts).toBeGreaterThan(25);
    expect(server.calls).toHaveLength(parts + 1);
    const counts = `1 item: 1 completed (in ${parts} parts)`;
    expect(ran.stdout).toContain(`${counts}\n  completed: 1 new\n`);
    for (const command of ["status", "show"]) {
      expect((await holdfast([command, sessionIdIn(ran)], { cwd })).stdout).toContain(counts);
    }
    expect((await holdfast(["status"], { cwd })).stdout).toContain(counts);
    const { session } = JSON.parse((await holdfast(["status", sessionIdIn(ran), "--json"], { cwd })).stdout);
    expect([session.counts.completed, session.parts.completed]).toEqual([parts + 1, parts]);
    expect(server.calls.every(({ tokensCut, numCtx }) => tokensCut === 0 && numCtx === 4096)).toBe(true);
    expect(promptOf(server.calls[0]?.body ?? {})).toMatch(/It is part 1 of \d+ of one conversation/);
    for (let n = 3; n < BLOCKS * 4; n += 4)
      expect(note).toContain(`\`\`\`python\ndef day_${n}():\n    return ${n}\n\`\`\``);
  });

  it("pays for no part twice at 20% faults", { tags: "soak" }, async () => {
    await using server = await startFakeOllama({ faults: randomFaults({ rate: 0.2, seed: 3 }) });
    const cwd = newLongChat();
    const ran = await holdfast(importing(server, "--max-attempts", "10"), { cwd });
    expect(ran.code).toBe(0);
    const needed = Number(/^chunks: (\d+)$/m.exec(noteIn(cwd))?.[1]) + 1;
    const asked = new Set(server.calls.map(({ body }) => promptOf(body)));
    expect(asked.size).toBe(needed);
    expect(server.calls.length).toBeGreaterThan(needed);
  });

  it(
    "goes on after kill -9 with the same parts: only what was in flight is asked again",
    { tags: "soak" },
    async () => {
      await using server = await startFakeOllama({ delayMs: 40 });
      const cwd = newLongChat();
      const { child, finished } = start(importing(server, "--concurrency", "3"), { cwd });
      await until(() => server.calls.length >= 12);
      child.kill("SIGKILL");
      const id = sessionIdIn(await finished);
      const resumed = await holdfast(["resume", id], { cwd });
      expect(resumed.code).toBe(0);
      const needed = Number(/^chunks: (\d+)$/m.exec(noteIn(cwd))?.[1]) + 1;
      expect(new Set(server.calls.map(({ body }) => promptOf(body))).size).toBe(needed);
      expect(server.calls.length).toBeLessThanOrEqual(needed + 3);
    },
  );

  it(
    "leaves the note pending while one part has failed, and keeps what the others cost",
    { tags: "soak" },
    async () => {
      let isBroken = true;
      const says = (body: CallBody): "say_nothing" | undefined =>
        isBroken && promptOf(body).includes("part 7 of") ? "say_nothing" : undefined;
      await using server = await startFakeOllama({ faults: (_, body) => says(body) });
      const cwd = newLongChat();
      const ran = await holdfast(importing(server), { cwd });
      expect(ran.code).toBe(4);
      expect(ran.stdout).toMatch(/1 item: 1 pending \(in \d+ parts: \d+ completed, 1 failed\)/);
      expect(notesIn(cwd)).toEqual([]);
      const before = server.calls.length;
      isBroken = false;
      const retried = await holdfast(["retry", sessionIdIn(ran)], { cwd });
      expect(retried.code).toBe(0);
      expect(server.calls.length - before).toBe(2);
      expect(notesIn(cwd)).toHaveLength(1);
    },
  );

  it("is cut smaller when the model finds a part too long after all", { tags: "soak" }, async () => {
    const refusal = { error: "the prompt exceeds the available context size, try increasing it" };
    const tooLong = { does: "respond", status: 400, body: refusal } as const;
    await using server = await startFakeOllama({
      faults: (_, body) => (promptOf(body).length > 7_000 && !promptOf(body).includes("<notes>") ? tooLong : undefined),
    });
    const cwd = newLongChat();
    const ran = await holdfast(importing(server), { cwd });
    expect(ran.code).toBe(0);
    const note = noteIn(cwd);
    for (let n = 3; n < BLOCKS * 4; n += 4) expect(note).toContain(`def day_${n}():`);
    const texts = server.calls.map(({ body }) => promptOf(body));
    expect(new Set(texts).size).toBe(texts.length);
    expect(texts.filter((text) => text.includes("It is part 2 of")).length).toBeGreaterThan(3);
  });

  it("is one part for the extractive engine, which has no limit", { tags: "soak" }, async () => {
    const cwd = newLongChat();
    expect((await holdfast(["import", "chats", "--out", "notes"], { cwd })).code).toBe(0);
    expect(noteIn(cwd)).not.toContain("chunks:");
  });
});
