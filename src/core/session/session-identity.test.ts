import { describe, expect, it } from "vitest";
import { hasMoved, judgeIdentity, readIdentity, type FolderPlace, type IdentityRecord } from "./session-identity.ts";

const HERE: FolderPlace = { path: "/home/kelp/.holdfast/sessions/x", device: "8", inode: "100", bornNs: "1" };
const IDENTITY = "0123456789abcdef0123456789abcdef";
const record = (place: Partial<FolderPlace>): IdentityRecord => ({ identity: IDENTITY, place: { ...HERE, ...place } });

describe("judgeIdentity", () => {
  it.each([
    { what: "a new session, or one of an older version", ran: undefined, is: "unknown" },
    { what: "the same folder", ran: record({}), is: "same" },
    { what: "the same folder under another path: it was moved", ran: record({ path: "/old" }), is: "same" },
    {
      what: "the same folder, moved before the machine started again",
      ran: record({ path: "/old", device: "9" }),
      is: "same",
    },
    {
      what: "the same folder, seen through another path at the same time",
      ran: record({ path: "/link" }),
      there: { ...HERE, path: "/link" },
      is: "same",
    },
    { what: "a backup that was restored in its place", ran: record({ inode: "99", bornNs: "0" }), is: "same" },
    {
      what: "a folder that was moved to another disk",
      ran: record({ path: "/old", device: "9", inode: "99", bornNs: "0" }),
      is: "same",
    },
    {
      what: "a copy beside the original",
      ran: record({ path: "/old", inode: "99" }),
      there: { ...HERE, path: "/old", inode: "99" },
      is: "copied",
    },
    {
      what: "a copy on another disk, with the original still there",
      ran: record({ path: "/old", device: "9", inode: "99", bornNs: "0" }),
      there: { path: "/old", device: "9", inode: "99", bornNs: "0" },
      is: "copied",
    },
    {
      what: "an original that was moved away, with a copy in its place",
      ran: record({ path: "/old" }),
      there: { ...HERE, path: "/old", inode: "101" },
      is: "copied",
    },
    {
      what: "a copy whose original was moved since",
      ran: record({ path: "/old", inode: "99", bornNs: "0" }),
      is: "copied",
    },
    {
      what: "another folder with the same number on a disk that knows no births",
      ran: record({ path: "/old", device: "9", bornNs: "0" }),
      there: { ...HERE, path: "/old", device: "9", bornNs: "0" },
      is: "copied",
    },
  ])("takes $what as $is", ({ ran, there, is }) => {
    expect(judgeIdentity(ran, { here: HERE, there })).toBe(is);
  });
});

describe("hasMoved", () => {
  it("says whether the record names another place", () => {
    expect(hasMoved(record({}), HERE)).toBe(false);
    expect(hasMoved(record({ path: "/old" }), HERE)).toBe(true);
    expect(hasMoved(record({ inode: "99" }), HERE)).toBe(true);
  });
});

describe("readIdentity", () => {
  it("reads what was written", () => {
    expect(readIdentity(JSON.stringify(record({})))).toEqual(record({}));
  });

  it.each([
    ["nothing", undefined],
    ["no JSON", "{"],
    ["null", "null"],
    ["a text", '"0123456789abcdef0123456789abcdef"'],
    ["too few digits", JSON.stringify({ ...record({}), identity: "01" })],
    ["a path as identity", JSON.stringify({ ...record({}), identity: "../../../../../../../../../etc/pw" })],
    ["a number as identity", JSON.stringify({ ...record({}), identity: 7 })],
    ["no place", JSON.stringify({ identity: IDENTITY })],
    ["half a place", JSON.stringify({ identity: IDENTITY, place: { path: "/old" } })],
    ["numbers in its place", JSON.stringify({ identity: IDENTITY, place: { ...HERE, inode: 100 } })],
  ])("takes %s as no identity", (_, text) => {
    expect(readIdentity(text)).toBeUndefined();
  });
});
