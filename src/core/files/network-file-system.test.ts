import { tmpdir } from "node:os";
import { describe, expect, it } from "vitest";
import { networkFileSystem } from "./network-file-system.ts";

describe.runIf(process.platform === "linux")("a network file system", () => {
  it.each([
    ["NFS", 0x6969],
    ["SMB (cifs)", 0xff534d42],
    ["SMB (cifs)", 0xff534d42 | 0],
    ["SMB (smb2)", 0xfe534d42],
    ["FUSE, such as sshfs", 0x65735546],
  ])("is named: %s", (name, type) => {
    expect(networkFileSystem("/anywhere", () => type)).toBe(name);
  });

  it.each([
    ["ext4", 0xef53],
    ["tmpfs", 0x01021994],
    ["btrfs", 0x9123683e],
    ["overlayfs", 0x794c7630],
  ])("is not %s", (_, type) => {
    expect(networkFileSystem("/anywhere", () => type)).toBeUndefined();
  });

  it("is not where nothing can be asked, and asks the real one", () => {
    expect(networkFileSystem("/no/such/folder")).toBeUndefined();
    expect(() => networkFileSystem(tmpdir())).not.toThrow();
  });
});
