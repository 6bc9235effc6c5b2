import { cpSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { writeClaudeExport } from "./claude-export.ts";
import { holdfast, newProject, sessionIdIn } from "./holdfast.ts";
import { variants } from "../variants.ts";

interface Imported {
  readonly cwd: string;
  readonly id: string;
  readonly folder: string;
}

/** A project with one finished session. */
async function imported(): Promise<Imported> {
  const cwd = newProject();
  writeClaudeExport(join(cwd, "chats"), 2);
  const id = sessionIdIn(await holdfast(["import", "chats", "--out", "notes"], { cwd }));
  return { cwd, id, folder: join(cwd, ".holdfast/sessions", id) };
}

describe("a corrupted state.db", () => {
  it("is named by status, show and resume, with what to do, and costs nothing that was paid for", async () => {
    const { cwd, id, folder } = await imported();
    const file = join(folder, "state.db");
    for (const end of ["-wal", "-shm"]) rmSync(file + end, { force: true });
    writeFileSync(file, "kelp ".repeat(5000));
    for (const command of ["status", "show", "resume"]) {
      const told = await holdfast([command, id], { cwd });
      expect(told).toMatchObject({ code: 2, stderr: expect.stringContaining(`Could not open ${file}: `) });
      expect(told.stderr).toContain("or start a new session: unchanged work is not paid for twice.");
    }
    const again = await holdfast(["import", "chats", "--out", "notes"], { cwd });
    expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining("2 items: 2 skipped") });
  });
});

interface Damage {
  readonly name: string;
  readonly damage: (file: string) => void;
  readonly says: (file: string) => string;
}

const DAMAGES: readonly Damage[] = [
  {
    name: "of 0 bytes",
    damage: (file) => truncateSync(file, 0),
    says: (file) => `${file} is empty, but session`,
  },
  { name: "that is gone", damage: (file) => rmSync(file), says: (file) => `There is no file ${file}, but session` },
  {
    name: "with damaged pages",
    damage: (file) => writeFileSync(file, readFileSync(file).fill(0xa5, 4096)),
    says: (file) => `Could not read ${file}: database disk image is malformed`,
  },
  {
    name: "that was cut in half",
    damage: (file) => truncateSync(file, statSync(file).size / 2),
    says: (file) => `${file}: database disk image is malformed`,
  },
];

describe("a state.db", () => {
  variants(DAMAGES)("$name is damage and not a new session: it is named with what to do", async ({ damage, says }) => {
    const { cwd, id, folder } = await imported();
    const file = join(folder, "state.db");
    for (const end of ["-wal", "-shm"]) rmSync(file + end, { force: true });
    damage(file);
    for (const command of ["status", "show", "resume", "retry"]) {
      const told = await holdfast([command, id], { cwd });
      expect(told).toMatchObject({ code: 2, stderr: expect.stringContaining(says(file)) });
      expect(told.stderr).toContain("Restore this file from a backup, or start a new session");
      expect(told.stderr).not.toContain("bug in Holdfast");
    }
    const json = await holdfast(["status", id, "--json"], { cwd });
    expect(JSON.parse(json.stdout)).toMatchObject({ error: { code: "session_damaged" }, exitCode: 2 });
    expect((await holdfast(["status"], { cwd })).code).toBe(0);
  });
});

describe("a session of a newer layout", () => {
  it("is refused with a sentence, listed as newer, and never removed", { tags: "soak" }, async () => {
    const { cwd, id, folder } = await imported();
    const file = join(folder, "session.json");
    writeFileSync(file, readFileSync(file, "utf8").replace('"layout": 1', '"layout": 2'));
    cpSync(file, join(cwd, "before.json"));
    const sentence = `${JSON.stringify(file)} has layout 2, but this version of Holdfast reads only layout 1. Nothing was changed.`;
    for (const command of ["status", "resume", "retry"]) {
      const told = await holdfast([command, id], { cwd });
      expect(told).toMatchObject({ code: 2, stderr: expect.stringContaining(sentence) });
      expect(told.stderr).toContain("Use the version of Holdfast that made the session, or a newer one.");
    }
    expect((await holdfast(["status"], { cwd })).stdout).toContain(`${id}  newer        ${sentence}`);
    expect((await holdfast(["clean", "--days", "0"], { cwd })).stdout).toContain(sentence);
    expect(readFileSync(file, "utf8")).toBe(readFileSync(join(cwd, "before.json"), "utf8"));
  });
});

describe("a folder that nobody may write to", () => {
  it("is told before a session begins, and nothing is left half written", async () => {
    const cwd = newProject();
    writeClaudeExport(join(cwd, "chats"), 2);
    // Not even root may make a folder there.
    const ran = await holdfast(["import", "chats", "--out", "/sys/holdfast-notes"], { cwd });
    expect(ran).toMatchObject({
      code: 74,
      stderr: expect.stringContaining('error: Could not write "/sys/holdfast-notes": '),
    });
    expect(ran.stderr).toContain("Nothing is left half written.");
    expect((await holdfast(["status"], { cwd })).stdout).toContain("No sessions in");
  });
});
