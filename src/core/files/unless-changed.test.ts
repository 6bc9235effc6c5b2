import { spawnSync } from "node:child_process";
import {
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { areOne, isSameFile, removeUnlessChanged, renameOver, renameToFree } from "./unless-changed.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-unless-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const at = (name: string): string => join(folder, name);
const read = (name: string): string => readFileSync(at(name), "utf8");
const is = (text: string) => (found: Uint8Array | undefined) => found !== undefined && String(found) === text;

/** What has the name already, and whether a file gets it. */
const THERE = [
  ["nothing", () => {}, true],
  ["a file", () => writeFileSync(at("to"), "mine"), false],
  ["a folder", () => mkdirSync(at("to")), false],
] as const;

describe("a file gets a free name only", () => {
  it.each(THERE)("of %s", (_, make, isFree) => {
    writeFileSync(at("from"), "ours");
    make();
    if (isFree) renameToFree(at("from"), at("to"));
    else expect(() => renameToFree(at("from"), at("to"))).toThrow(expect.objectContaining({ code: "EEXIST" }));
    expect(readdirSync(folder).toSorted()).toEqual(isFree ? ["to"] : ["from", "to"]);
  });

  it("and has both for a moment, by which it is known", () => {
    writeFileSync(at("from"), "ours");
    expect(isSameFile(at("from"), at("to"))).toBe(false);
    linkSync(at("from"), at("to"));
    expect(isSameFile(at("from"), at("to"))).toBe(true);
    writeFileSync(at("other"), "ours");
    expect(isSameFile(at("from"), at("other"))).toBe(false);
    expect(isSameFile(folder, folder)).toBe(false);
    symlinkSync(at("from"), at("leads there"));
    expect(isSameFile(at("from"), at("leads there"))).toBe(false);
    expect(isSameFile(at("leads there"), at("from"))).toBe(false);
  });
});

describe("what is replaced or removed is still as it was", () => {
  it.each([
    ["the same", () => writeFileSync(at("to"), "ours"), "new", true],
    ["edited", () => writeFileSync(at("to"), "mine"), "mine", false],
  ] as const)("%s", (_, make, text, isDone) => {
    writeFileSync(at("from"), "new");
    make();
    if (isDone) renameOver(at("from"), at("to"), is("ours"));
    else
      expect(() => renameOver(at("from"), at("to"), is("ours"))).toThrow(expect.objectContaining({ code: "EEXIST" }));
    expect(read("to")).toBe(text);
    expect(removeUnlessChanged(at("to"), is("new"))).toBe(isDone);
    expect(readdirSync(folder).includes("to")).toBe(!isDone);
  });

  it("and no folder, and nothing that is not there", () => {
    mkdirSync(at("to"));
    writeFileSync(at("from"), "new");
    expect(() => renameOver(at("from"), at("to"), () => true)).toThrow(expect.objectContaining({ code: "EEXIST" }));
    expect(removeUnlessChanged(at("to"), () => true)).toBe(false);
    expect(removeUnlessChanged(at("gone"), () => false)).toBe(true);
  });
});

/** A library in which `link` answers the number in `LINK_ERRNO`. */
function withoutLinks(): string | undefined {
  if (process.platform !== "linux") return undefined;
  const code = `#include <errno.h>
    #include <stdlib.h>
    int link(const char *a, const char *b) { errno = atoi(getenv("LINK_ERRNO")); return -1; }
  `;
  writeFileSync(at("link.c"), code);
  const made = at("link.so");
  return spawnSync("cc", ["-shared", "-fPIC", "-o", made, at("link.c")]).status === 0 ? made : undefined;
}

const hasCompiler = process.platform === "linux" && spawnSync("cc", ["--version"]).status === 0;

it.runIf(hasCompiler)("where a file can have one name only, it is looked at right before", () => {
  // What Linux answers on exFAT, what Windows does (Node's name for its ERROR_INVALID_FUNCTION), and AFS.
  const answers = (["EPERM", "EISDIR", "EXDEV"] as const).map((code) => [code, constants.errno[code]] as const);
  for (const [code] of answers) for (const name of ["", "2", "taken"]) writeFileSync(at(code + name), code + name);
  symlinkSync(at("nowhere"), at("leads nowhere"));
  const module = new URL("./unless-changed.ts", import.meta.url).href;
  const script = `import { renameToFree } from ${JSON.stringify(module)};
    for (const [code, errno] of ${JSON.stringify(answers)}) {
      process.env.LINK_ERRNO = errno;
      renameToFree(code, code + "to");
      for (const taken of [code + "taken", "leads nowhere"])
        try { renameToFree(code + "2", taken); } catch (error) { console.log(error.code); }
    }`;
  const ran = spawnSync(process.execPath, ["--no-warnings", "--input-type=module-typescript", "-e", script], {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, LD_PRELOAD: withoutLinks() },
  });
  expect(ran).toMatchObject({ status: 0, stdout: "EEXIST\n".repeat(2 * answers.length) });
  for (const [code] of answers) {
    expect(["to", "2", "taken"].map((name) => read(code + name))).toEqual([code, `${code}2`, `${code}taken`]);
  }
});

it.each([
  ["one file with two names", { ino: 7n, dev: 1n, nlink: 2n }, { ino: 7n, dev: 1n, nlink: 2n }, true],
  ["two files", { ino: 7n, dev: 1n, nlink: 1n }, { ino: 8n, dev: 1n, nlink: 1n }, false],
  ["two files where the system numbers none", { ino: 0n, dev: 1n, nlink: 1n }, { ino: 0n, dev: 1n, nlink: 1n }, false],
  ["two files with one number", { ino: 7n, dev: 1n, nlink: 1n }, { ino: 7n, dev: 1n, nlink: 1n }, false],
  ["files of two disks", { ino: 7n, dev: 1n, nlink: 2n }, { ino: 7n, dev: 2n, nlink: 2n }, false],
] as const)("%s are told apart", (_, one, other, isSame) => {
  expect(areOne(one, other)).toBe(isSame);
});
