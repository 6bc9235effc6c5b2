import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, open, readdir, readFile, rm, stat, writeFile, type FileHandle } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { removeStaleTemps, writeFileAtomic } from "./atomic-write.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "holdfast-atomic-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe("writeFileAtomic", () => {
  test.each([{ fsync: true }, { fsync: false }])(
    "writes a new file and replaces an old one with %o",
    async (options) => {
      const file = join(folder, "a.txt");
      await writeFileAtomic(file, "old and longer", options);
      await writeFileAtomic(file, "new", options);
      expect(await readFile(file, "utf8")).toBe("new");
      expect(await readdir(folder)).toEqual(["a.txt"]);
    },
  );

  test("leaves what is there alone when it may not replace it, and leaves no temp", async () => {
    const file = join(folder, "a.txt");
    await writeFileAtomic(file, "first", { replace: false });
    await expect(writeFileAtomic(file, "second", { replace: false })).rejects.toMatchObject({
      code: "write_failed",
      cause: { code: "EEXIST" },
    });
    expect(await readFile(file, "utf8")).toBe("first");
    expect(await readdir(folder)).toEqual(["a.txt"]);
  });

  test("lets one of many writers win when none may replace another", async () => {
    const file = join(folder, "a.txt");
    const writes = Array.from({ length: 20 }, (_, n) =>
      writeFileAtomic(file, `${n}`, { fsync: false, replace: false }),
    );
    const won = (await Promise.allSettled(writes)).flatMap(({ status }, n) => (status === "fulfilled" ? [`${n}`] : []));
    expect(won).toEqual([await readFile(file, "utf8")]);
  });

  test("writes bytes as they are", async () => {
    const bytes = Uint8Array.from([0, 255, 10, 13, 128]);
    await writeFileAtomic(join(folder, "a.bin"), bytes);
    expect([...(await readFile(join(folder, "a.bin")))]).toEqual([...bytes]);
  });

  test("writes a file whose name has all the 255 bytes that a name can have", async () => {
    const name = "n".repeat(255);
    await writeFileAtomic(join(folder, name), "x");
    expect(await readdir(folder)).toEqual([name]);
  });

  test("leaves one whole content and no temp when many write the same file at once", async () => {
    const file = join(folder, "a.txt");
    const contents = Array.from({ length: 50 }, (_, n) => `${n} `.repeat(10_000));
    await Promise.all(contents.map((content) => writeFileAtomic(file, content, { fsync: false })));
    expect(contents).toContain(await readFile(file, "utf8"));
    expect(await readdir(folder)).toEqual(["a.txt"]);
  });

  test.each([
    { fsync: true, syncs: ["before the rename", "after the rename"] },
    { fsync: false, syncs: [] },
  ])("waits for the disk for the content, and then for its name: %o", async ({ fsync, syncs }) => {
    const file = join(folder, "a.txt");
    const probe = await open(folder, "r");
    await probe.close();
    const handles: Pick<FileHandle, "sync"> = Object.getPrototypeOf(probe);
    const { sync } = handles;
    const seen: string[] = [];
    const spy = vi.spyOn(handles, "sync").mockImplementation(function (this: FileHandle) {
      seen.push(existsSync(file) ? "after the rename" : "before the rename");
      return sync.call(this);
    });
    try {
      await writeFileAtomic(file, "x", { fsync });
    } finally {
      spy.mockRestore();
    }
    expect(seen).toEqual(syncs);
  });

  test("has written all of a large file when it says so", async () => {
    const file = join(folder, "a.bin");
    await writeFileAtomic(file, new Uint8Array(64_000_000), { fsync: false });
    expect((await stat(file)).size).toBe(64_000_000);
  });

  test("never shows a reader a part of a file", async () => {
    const file = join(folder, "a.txt");
    const contents = ["a".repeat(300_000), "b".repeat(200_000)];
    await writeFileAtomic(file, "a".repeat(300_000));
    const isWriting = { now: true };
    const writing = (async () => {
      for (let n = 0; n < 40; n += 1) await writeFileAtomic(file, contents[n % 2]!, { fsync: false });
      isWriting.now = false;
    })();
    let reads = 0;
    while (isWriting.now) {
      expect(contents).toContain(await readFile(file, "utf8"));
      reads += 1;
    }
    await writing;
    expect(reads).toBeGreaterThan(0);
  });

  test.each([
    ["a folder that is not there", ["missing", "a.txt"], "ENOENT", "its folder does not exist"],
    ["a file in place of a folder", ["file", "a.txt"], "ENOTDIR", "a part of its path is a file, not a folder"],
    ["a folder of that name", ["sub"], "EISDIR", "a folder has that name"],
    ["a name of 256 bytes", ["n".repeat(256)], "ENAMETOOLONG", "the name is too long"],
  ])("says write_failed with path, cause and hint for %s, and leaves no temp", async (_, path, code, reason) => {
    await writeFile(join(folder, "file"), "kept");
    await mkdir(join(folder, "sub"));
    const file = join(folder, ...path);
    await expect(writeFileAtomic(file, "x")).rejects.toMatchObject({
      name: "HoldfastError",
      code: "write_failed",
      message: expect.stringContaining(`${JSON.stringify(file)}: ${reason}`),
      hint: expect.any(String),
      cause: { code },
    });
    expect((await readdir(folder)).sort()).toEqual(["file", "sub"]);
    expect(await readFile(join(folder, "file"), "utf8")).toBe("kept");
  });

  test("leaves the old content whole when its process is killed, and its temps can be told and removed", async () => {
    const file = join(folder, "a.txt");
    const script = `
      import { writeFileAtomic } from ${JSON.stringify(new URL("./atomic-write.ts", import.meta.url).href)};
      for (let n = 0; ; n += 1) {
        await Promise.all([0, 1, 2, 3].map(() => writeFileAtomic(${JSON.stringify(file)}, "abcdefgh".repeat(50_000))));
        if (n === 3) process.stdout.write("going");
      }`;
    const child = spawn(process.execPath, ["--no-warnings", "--input-type=module", "-e", script]);
    await once(child.stdout, "data");
    child.kill("SIGKILL");
    await once(child, "exit");

    expect(await readFile(file, "utf8")).toBe("abcdefgh".repeat(50_000));
    const temps = (await readdir(folder)).filter((name) => name !== "a.txt");
    expect(temps.every((name) => name.includes(`-${child.pid}-`))).toBe(true);
    expect(await removeStaleTemps(folder)).toBe(temps.length);
    expect(await readdir(folder)).toEqual(["a.txt"]);
  });
});

describe("removeStaleTemps", () => {
  const hash = async (text: string): Promise<string> => {
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
    return Buffer.from(digest).toString("hex").slice(0, 8);
  };

  test("leaves temps of living processes, of other machines, and files that only look alike", async () => {
    const here = await hash(hostname());
    const kept = [
      `.holdfast-${here}-${process.pid}-1.tmp`,
      `.holdfast-${await hash("another machine")}-999999999-1.tmp`,
      `.holdfast-${here}-999999999-1.tmp.md`,
      "note.tmp",
    ];
    const stale = `.holdfast-${here}-999999999-1.tmp`;
    for (const name of [...kept, stale]) await writeFile(join(folder, name), "x");
    expect(await removeStaleTemps(folder)).toBe(1);
    expect((await readdir(folder)).sort()).toEqual(kept.sort());
    await expect(stat(join(folder, stale))).rejects.toMatchObject({ code: "ENOENT" });
  });
});
