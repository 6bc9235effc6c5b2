import { mkdirSync, mkdtempSync, readdirSync, realpathSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { lockFolder } from "./exclusive-folder.ts";

const newFolder = (): string => realpathSync(mkdtempSync(join(tmpdir(), "holdfast-claim-")));

describe("lockFolder", () => {
  it("is refused while it is held, names the session, and is free afterwards", async () => {
    const [workspace, output] = [newFolder(), newFolder()];
    {
      using held = await lockFolder(workspace, output);
      held.name("20260119_143052");
      await expect(lockFolder(workspace, output)).rejects.toMatchObject({
        code: "session_locked",
        message: `Session 20260119_143052 (process ${process.pid}) is writing to ${JSON.stringify(output)} right now.`,
      });
    }
    using again = await lockFolder(workspace, output);
    expect(again).toBeDefined();
  });

  it("knows a folder by where a link leads, and one that does not exist yet", async () => {
    const [workspace, home] = [newFolder(), newFolder()];
    mkdirSync(join(home, "vault"));
    symlinkSync(join(home, "vault"), join(home, "link"));
    using _lock = await lockFolder(workspace, join(home, "vault/notes"));
    await expect(lockFolder(workspace, join(home, "link/notes"))).rejects.toThrow("is writing to");
    await expect(lockFolder(workspace, join(home, "link/x/../notes"))).rejects.toThrow("is writing to");
  });

  it("does not name the session of a process that died, but the one that is at it now, if it can", async () => {
    const [workspace, output] = [newFolder(), newFolder()];
    const holders = join(workspace, "outputs");
    (await lockFolder(workspace, output))[Symbol.dispose]();
    const [lock = ""] = readdirSync(holders);
    writeFileSync(join(holders, lock.replace(/\.db$/, ".json")), '{"session":"20200101_000000","pid":1}\n');
    using held = await lockFolder(workspace, output);
    await expect(lockFolder(workspace, output)).rejects.toThrow("Another session is writing to");
    held.name("20260119_143052");
    await expect(lockFolder(workspace, output)).rejects.toThrow("Session 20260119_143052");
  });

  it("leaves other folders and other workspaces alone", async () => {
    const [workspace, output] = [newFolder(), newFolder()];
    using _lock = await lockFolder(workspace, output);
    using inside = await lockFolder(workspace, join(output, "inside"));
    using elsewhere = await lockFolder(newFolder(), output);
    expect([inside, elsewhere]).toHaveLength(2);
  });
});
