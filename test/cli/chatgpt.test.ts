import { cpSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { holdfast, newProject, root } from "./holdfast.ts";

const example = join(root, "examples/chatgpt-export");

const notesOf = (cwd: string): readonly string[] =>
  readdirSync(join(cwd, "notes")).map((name) => readFileSync(join(cwd, "notes", name), "utf8"));

const frontMatterOf = (text: string): unknown => parse(/^---\n([\s\S]*?)\n---\n/.exec(text)?.[1] ?? "");

describe("holdfast import of a ChatGPT export", () => {
  it("turns the shipped example into notes that link back to their chats", async () => {
    const cwd = newProject();
    const { code, stdout } = await holdfast(["import", example, "--out", "notes"], { cwd });
    expect(stdout).toContain("4 items: 4 completed");
    expect(code).toBe(0);
    const notes = notesOf(cwd);
    expect(notes).toHaveLength(4);
    for (const note of notes) {
      expect(frontMatterOf(note)).toMatchObject({
        source: "chatgpt",
        source_id: expect.stringMatching(/^chatgpt:[0-9a-f-]{36}$/),
        source_url: expect.stringMatching(/^https:\/\/chatgpt\.com\/c\/[0-9a-f-]{36}$/),
      });
    }
    const all = notes.join("\n");
    expect(all).toContain("- Stretch the netting over the pond.");
    expect(all).toContain("味噌汁の出汁の取り方");
    expect(all, "nothing of the context and of the service's marks").not.toMatch(/keeps bees|[\uE200-\uE206]/);
  });

  it(
    "reads the other branches with --branches all, and works on the chat that has some again",
    { tags: "soak" },
    async () => {
      const cwd = newProject();
      await holdfast(["import", example, "--out", "notes"], { cwd });
      const again = await holdfast(["import", example, "--out", "notes", "--branches", "all"], { cwd });
      expect(again.stdout).toMatch(/4 items: 1 completed, 3 skipped/);
    },
  );

  it("fails a chat without a mapping and one whose messages it would pass by, and no other", async () => {
    const cwd = newProject();
    cpSync(example, join(cwd, "export"), { recursive: true });
    const path = join(cwd, "export/conversations.json");
    const chats: { mapping?: unknown; current_node?: string }[] = JSON.parse(readFileSync(path, "utf8"));
    delete chats[0]!.mapping;
    chats[1]!.current_node = "client-created-root";
    writeFileSync(path, `\uFEFF${JSON.stringify({ conversations: chats })}`);
    const { code, stdout, stderr } = await holdfast(["import", "export", "--out", "notes"], { cwd });
    expect(code).toBe(4);
    expect(stdout + stderr).toMatch(/4 items: 2 completed, 2 failed/);
    expect(notesOf(cwd)).toHaveLength(2);
  });
});
