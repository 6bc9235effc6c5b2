import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { oneFile } from "../../../../test/one-file.ts";
import { isSessionLocked, lockSession, sessionHolder } from "./index.ts";

const newFolder = (): string => mkdtempSync(join(tmpdir(), "holdfast-lock-"));

const lockModule = oneFile(new URL("./session-lock.ts", import.meta.url));

/** Another process that holds the lock until it is killed. */
async function holder(folder: string) {
  const code = `import { lockSession } from ${JSON.stringify(lockModule)}; globalThis.lock = lockSession(${JSON.stringify(folder)}); console.log("held"); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", code], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(child.stdout, "data");
  return child;
}

describe("a session's lock", () => {
  it("is held by one process at a time, and its holder is named", async () => {
    const folder = newFolder();
    const other = await holder(folder);
    try {
      expect(isSessionLocked(folder)).toBe(true);
      expect(sessionHolder(folder)?.pid).toBe(other.pid);
      expect(() => lockSession(folder)).toThrow(
        expect.objectContaining({
          code: "session_locked",
          message: expect.stringContaining(`process ${other.pid} on `),
        }),
      );
    } finally {
      other.kill("SIGKILL");
    }
  });

  it("is free again when its holder was killed", async () => {
    const folder = newFolder();
    const other = await holder(folder);
    other.kill("SIGKILL");
    await once(other, "exit");
    expect(isSessionLocked(folder)).toBe(false);
    using _lock = lockSession(folder);
    expect(sessionHolder(folder)?.pid).toBe(process.pid);
  });

  it("tells the next one whether its holder was cut off or gave it back", async () => {
    const folder = newFolder();
    const other = await holder(folder);
    other.kill("SIGKILL");
    await once(other, "exit");
    const held = lockSession(folder);
    expect(held.wasCutOff).toBe(true);
    held[Symbol.dispose]();
    using next = lockSession(folder);
    expect(next.wasCutOff).toBe(false);
  });

  it("is free again when it was given back", () => {
    const folder = newFolder();
    lockSession(folder)[Symbol.dispose]();
    expect(isSessionLocked(folder)).toBe(false);
    expect(sessionHolder(folder)).toBeUndefined();
  });

  it("is free where nobody ever took it", () => {
    expect(isSessionLocked(newFolder())).toBe(false);
  });
});
