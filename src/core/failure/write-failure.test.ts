import { describe, expect, test } from "vitest";
import { errnoOf, writeFailed } from "./write-failure.ts";

const fault = (code: string): Error => Object.assign(new Error(`${code}: something`), { code });

describe("writeFailed", () => {
  test.each([
    ["ENOSPC", "the disk is full", "Free some space"],
    ["EROFS", "the file system is read-only", "Choose a folder on a disk that can be written"],
    ["EACCES", "there is no permission to write there", "Give yourself write permission"],
    ["EPERM", "there is no permission to write there", "Give yourself write permission"],
    ["ENOENT", "its folder does not exist", "Make the folder"],
  ])("says of %s that %s", (code, reason, hint) => {
    const error = writeFailed("/notes/a.md", fault(code));
    expect(error).toMatchObject({ code: "write_failed", hint: expect.stringContaining(hint), cause: { code } });
    expect(error.message).toBe(`Could not write "/notes/a.md": ${reason}. Nothing is left half written.`);
  });

  test("repeats the message of a fault that it does not know", () => {
    expect(writeFailed("/a", fault("EWEIRD")).message).toContain("EWEIRD: something");
    expect(writeFailed("/a", "just a text").message).toContain("just a text");
  });
});

describe("errnoOf", () => {
  test.each([
    [fault("ENOENT"), "ENOENT"],
    [new Error("plain"), undefined],
    [{ code: 7 }, undefined],
    [null, undefined],
    ["ENOENT", undefined],
  ])("of %o is %o", (error, code) => {
    expect(errnoOf(error)).toBe(code);
  });
});
