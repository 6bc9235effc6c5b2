import { createWriteStream, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { describe, expect, it } from "vitest";
import { ZipFile } from "yazl";
import { conversation, writeClaudeExport } from "./claude-export.ts";
import { holdfast, newProject } from "./holdfast.ts";
import { variants } from "../variants.ts";

/** Each case makes an input in a folder, and says what the user is told. */
const cases: readonly {
  readonly name: string;
  readonly make: (folder: string) => Promise<string> | string;
  readonly code: number;
  readonly says: readonly string[];
}[] = [
  { name: "a missing file", make: () => "nowhere.zip", code: 2, says: ["nowhere.zip"] },
  {
    name: "a truncated zip",
    make: async (folder) => {
      const whole = await zip(join(folder, "whole.zip"), "conversations.json");
      const bytes = readFileSync(whole);
      writeFileSync(join(folder, "cut.zip"), bytes.subarray(0, bytes.length - 40));
      return "cut.zip";
    },
    code: 2,
    says: ["cut.zip", "zip"],
  },
  {
    name: "a zip that writes outside of itself",
    make: async (folder) => {
      // yazl refuses such a name, so it is put in afterwards: both names are of one length.
      const path = await zip(join(folder, "evil.zip"), "xx/conversations.json");
      const text = readFileSync(path).toString("latin1").replaceAll("xx/conversations.json", "../conversations.json");
      writeFileSync(path, Buffer.from(text, "latin1"));
      return "evil.zip";
    },
    code: 2,
    says: ["../conversations.json"],
  },
  {
    name: "JSON that is cut in its first conversation",
    make: (folder) => write(folder, "cut.json", JSON.stringify([conversation(0)]).slice(0, 300)),
    code: 2,
    says: ["cut.json", "cut"],
  },
  {
    name: "an HTML page named .json",
    make: (folder) => write(folder, "page.json", "<!DOCTYPE html><html><body>Log in</body></html>"),
    code: 2,
    says: ["page.json", "HTML"],
  },
  {
    name: "an empty array",
    make: (folder) => write(folder, "empty.json", "[]"),
    code: 2,
    says: ["empty.json", "no conversations"],
  },
  { name: "an empty file", make: (folder) => write(folder, "nothing.json", ""), code: 2, says: ["nothing.json"] },
  {
    name: "a JSON of another kind",
    make: (folder) => write(folder, "other.json", '[{"a":1}]'),
    code: 2,
    says: ["other.json", "chat_messages"],
  },
];

describe("holdfast import refuses", () => {
  variants(cases)("$name in a sentence, and begins no session", async ({ make, code, says }) => {
    const cwd = newProject();
    const path = await make(cwd);
    const ran = await holdfast(["import", path, "--out", "notes"], { cwd });
    expect(ran.code).toBe(code);
    expect(ran.stdout).toBe("");
    for (const word of says) expect(ran.stderr).toContain(word);
    expect(ran.stderr).not.toContain("    at ");
    expect(existsSync(join(cwd, ".holdfast/sessions"))).toBe(false);
  });

  it("an output folder that cannot be written", async () => {
    const cwd = newProject();
    const chats = writeClaudeExport(join(cwd, "chats"), 1);
    const ran = await holdfast(["import", chats, "--out", "/proc/notes"], { cwd });
    expect(ran).toMatchObject({ code: 74, stderr: expect.stringContaining("/proc/notes") });
    expect(ran.stderr).not.toContain("    at ");
  });

  it("JSON that is cut later for that conversation alone", async () => {
    const cwd = newProject();
    const whole = JSON.stringify([conversation(0), conversation(1), conversation(2)]);
    write(cwd, "cut.json", whole.slice(0, whole.length - 400));
    const ran = await holdfast(["import", "cut.json", "--out", "notes"], { cwd });
    expect(ran.code).toBe(4);
    expect(ran.stdout).toContain("3 items: 2 completed, 1 failed");
    expect(ran.stdout).toContain("cut.json#2");
  });
});

function write(folder: string, name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return name;
}

async function zip(path: string, entry: string): Promise<string> {
  const file = new ZipFile();
  file.addBuffer(Buffer.from(JSON.stringify([conversation(0), conversation(1)])), entry);
  file.end();
  await pipeline(file.outputStream, createWriteStream(path));
  return path;
}
