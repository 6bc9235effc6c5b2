import { statfsSync } from "node:fs";

/** File systems whose locks other machines have to honour, by Linux's numbers (statfs(2)). */
const NETWORK: ReadonlyMap<number, string> = new Map([
  [0x6969, "NFS"],
  [0xff534d42, "SMB (cifs)"],
  [0xfe534d42, "SMB (smb2)"],
  [0x517b, "SMB (smbfs)"],
  [0x65735546, "FUSE, such as sshfs"],
  [0x01021997, "9p, such as a folder shared with a virtual machine"],
  [0x00c36400, "CephFS"],
  [0x5346414f, "AFS"],
  [0x6b414653, "AFS"],
  [0x0bd00bd0, "Lustre"],
  [0x47504653, "GPFS"],
  [0x786f4256, "a folder shared by VirtualBox"],
]);

/** The number of a folder's file system. */
export type TypeOfFileSystem = (folder: string) => number;

/** The network file system that a folder is on, in words; `undefined` for a local one, and where that cannot be known. */
export function networkFileSystem(folder: string, typeOf: TypeOfFileSystem = typeByStatfs): string | undefined {
  if (process.platform !== "linux") return undefined;
  try {
    // Some numbers come with their sign bit set.
    return NETWORK.get(typeOf(folder) >>> 0);
  } catch {
    return undefined;
  }
}

const typeByStatfs: TypeOfFileSystem = (folder) => statfsSync(folder).type;
