import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { oneFile } from "../../../../test/one-file.ts";
import { isSessionLocked, lockFolder, lockSession } from "./index.ts";
import { isLivingOther, markOfSelf } from "./living-process.ts";

/** File locks that answer `LOCKS` without looking: 0 (taken, whoever has it) or an error's number. */
const LIBRARY = `
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
static int answer(int command, void *lock) {
  int number = atoi(getenv("LOCKS"));
  if (number) { errno = number; return -1; }
  if (command == F_GETLK) ((struct flock *)lock)->l_type = F_UNLCK;
  return 0;
}
#define LOCKING(name) int name(int file, int command, ...) { \\
  va_list more; va_start(more, command); void *argument = va_arg(more, void *); va_end(more); \\
  if (command == F_SETLK || command == F_SETLKW || command == F_GETLK) return answer(command, argument); \\
  int (*real)(int, int, ...) = dlsym(RTLD_NEXT, #name); return real(file, command, argument); }
LOCKING(fcntl)
LOCKING(fcntl64)
`;

const library = compile();

function compile(): string | undefined {
  if (process.platform !== "linux") return undefined;
  const folder = mkdtempSync(join(tmpdir(), "holdfast-locks-"));
  writeFileSync(join(folder, "locks.c"), LIBRARY);
  const made = join(folder, "locks.so");
  const { status } = spawnSync("cc", ["-shared", "-fPIC", "-o", made, join(folder, "locks.c"), "-ldl"]);
  return status === 0 ? made : undefined;
}

const lockModule = oneFile(new URL("./index.ts", import.meta.url));

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

const ENOLCK = 37;
const EINVAL = 22;

/** A process whose locks answer so, and that tries to lock: `held`, or what it is refused with. It stays until it is killed. */
async function locker(call: string, locks: number): Promise<{ readonly child: ChildProcess; readonly said: string }> {
  const code = `import { lockFolder, lockSession } from ${JSON.stringify(lockModule)};
    try { globalThis.lock = await ${call}; console.log("held"); } catch (error) { console.log(error.code, error.message, error.hint); }
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", code], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, LD_PRELOAD: library, LOCKS: String(locks) },
  });
  children.push(child);
  const [said] = (await once(child.stdout, "data")) as [Buffer];
  return { child, said: said.toString().trim() };
}

const newFolder = (): string => mkdtempSync(join(tmpdir(), "holdfast-lock-"));
const KINDS = [
  ["a session", (folder: string) => `lockSession(${JSON.stringify(folder)})`],
  ["an output folder", (folder: string) => `lockFolder(${JSON.stringify(folder)}, "notes")`],
] as const;

describe.runIf(library !== undefined)("where locks hold nobody back", () => {
  it.each(KINDS)(
    "%s still has one process at a time, also when many come at once to what a dead one left",
    async (_, callOn) => {
      const call = callOn(newFolder());
      const first = await locker(call, 0);
      expect(first.said).toBe("held");
      expect((await locker(call, 0)).said).toContain("session_locked");
      first.child.kill("SIGKILL");
      await once(first.child, "exit");

      const said = await Promise.all(Array.from({ length: 4 }, async () => (await locker(call, 0)).said));
      expect(said.filter((word) => word === "held")).toHaveLength(1);
      expect(said.filter((word) => word.startsWith("session_locked"))).toHaveLength(3);
    },
  );

  it("a session that runs shows as running, and the process that runs it is named", async () => {
    const folder = newFolder();
    const { child } = await locker(`lockSession(${JSON.stringify(folder)})`, 0);
    expect(isSessionLocked(folder)).toBe(true);
    const { said } = await locker(`lockSession(${JSON.stringify(folder)})`, 0);
    expect(said).toContain(`process ${child.pid} on `);
    expect(said).toContain("Its lock held nobody back");
  });

  it.each([
    ["ENOLCK", ENOLCK],
    ["EINVAL", EINVAL],
  ])("a file system that refuses locks is told with what to do, and not as another process: %s", async (_, errno) => {
    for (const [, callOn] of KINDS) {
      const { said } = await locker(callOn(newFolder()), errno);
      expect(said).toMatch(/^write_failed Could not lock ".*": its file system refuses locks/);
      expect(said).toContain("Keep the workspace on a local disk");
    }
  });
});

describe.runIf(library !== undefined)("where locks are refused beside the note of a process that is gone", () => {
  it.each(KINDS)("%s says so, and not that somebody has it", async (what, callOn) => {
    const folder = newFolder();
    const gone = '{"pid":999999999,"host":"","since":"","session":"20260119_143052"}';
    if (what === "a session") writeFileSync(join(folder, "owner.json"), gone);
    else {
      (await lockFolder(folder, "notes"))[Symbol.dispose]();
      const [lock = ""] = readdirSync(join(folder, "outputs"));
      writeFileSync(join(folder, "outputs", lock.replace(/\.db$/, ".json")), gone);
    }
    expect((await locker(callOn(folder), ENOLCK)).said).toMatch(/^write_failed Could not lock/);
  });
});

describe("the process that a note names", () => {
  const living = { ...markOfSelf(), pid: process.ppid };
  const startOf = (pid: number): string => {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    return `${boot} ${stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19]}`;
  };

  describe.runIf(process.platform === "linux")("on Linux", () => {
    it.each([
      ["alive", true, () => ({ ...living, start: startOf(process.ppid) })],
      ["of another that has its number now", false, () => ({ ...living, start: "earlier boot 12" })],
      [
        "without a start, as an older version wrote it",
        false,
        () => ({ pid: living.pid, host: living.host, since: living.since }),
      ],
      ["on another machine", false, () => ({ ...living, start: startOf(process.ppid), host: `${hostname()}-2` })],
      ["this process itself", false, () => markOfSelf()],
      ["gone", false, () => ({ ...living, pid: 2 ** 22 + 1 })],
      ["no number of a process", false, () => ({ ...living, pid: -1 })],
    ])("%s: %s", (_, isLiving, mark) => {
      expect(isLivingOther(mark())).toBe(isLiving);
    });
  });

  it.each(["", "{", "null", '"text"', '{"pid":"7"}', '{"pid":7}'])("is nobody in a note that says %j", (text) => {
    const folder = newFolder();
    writeFileSync(join(folder, "owner.json"), text);
    const lock = lockSession(folder);
    expect(lock.wasCutOff).toBe(true);
    lock[Symbol.dispose]();
    expect(existsSync(join(folder, "owner.json"))).toBe(false);
  });
});
