import { mkdtempSync, readFileSync, readdirSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sha256 } from "../../../core/base/index.ts";
import type { Ledger } from "../../../core/storage/ledger.ts";
import { memoryWorkspace } from "../../../stores/workspace/index.ts";
import type { Note } from "../../note/note.ts";
import { loadContext } from "./fixtures/load-context.ts";
import { writeMarkdown, type OnEdited } from "./index.ts";

let notes: string;
let ledger: Ledger;
beforeEach(() => {
  notes = realpathSync(mkdtempSync(join(tmpdir(), "holdfast-two-sessions-")));
  ({ ledger } = memoryWorkspace());
});
afterEach(() => rmSync(notes, { recursive: true }));

const noteOf = (content: string): Note => ({ title: "Kelp", body: content, contentHash: content });
const load = (content: string, into: Ledger, onEdited?: OnEdited) =>
  writeMarkdown(notes, noteOf, { ...(onEdited && { onEdited }) }).load(content, loadContext(into, "1"));

const THEIRS = "---\nsource_id: '1'\n---\nwritten by another session\n";
const writeFile = (text: string): void => writeFileSync(join(notes, "Kelp.md"), text);

/** The other session has recorded what it is about to write. */
function theyIntend(): void {
  const pendingHash = sha256(THEIRS);
  ledger.intend({ target: notes, sourceId: "1", contentHash: "two", path: "Kelp.md", pendingHash });
}
const theyWriteNow = (): void => writeFile(THEIRS);

function theyWrite(): void {
  theyIntend();
  theyWriteNow();
}

type Moment = "find" | "intend";

/** A ledger whose first look, or first intent, is followed at once by what somebody else does. */
function followedBy(act: () => void, moment: Moment = "find"): Ledger {
  let hasActed = false;
  const then = <T>(result: T, at: Moment): T => {
    if (at === moment && !hasActed) {
      hasActed = true;
      act();
    }
    return result;
  };
  return {
    ...ledger,
    find: (target, sourceId) => then(ledger.find(target, sourceId), "find"),
    intend: (intent) => then(ledger.intend(intent), "intend"),
  };
}

const THEIR_MOMENTS: Readonly<Record<string, () => void>> = {
  "has written the note": theyWrite,
  "has written and recorded the note": () => {
    theyWrite();
    ledger.confirm(notes, "1", sha256(THEIRS));
  },
};

describe("a session that writes a note while another one is about to", () => {
  for (const onEdited of ["keep", "sibling", "overwrite"] as const) {
    it.each(Object.entries(THEIR_MOMENTS))(
      `finds no edits of a user when the other one %s (${onEdited})`,
      async (_, act) => {
        await load("one", ledger);
        expect(await load("two", followedBy(act), onEdited)).toMatchObject({ change: "updated" });
        expect(readFileSync(join(notes, "Kelp.md"), "utf8")).toContain("two");
      },
    );
  }

  /** Both have recorded what they are about to write, and the one that did so first is the first to write. */
  for (const [what, before] of [
    ["newer version", async () => void (await load("one", ledger))],
    ["new note", async () => {}],
  ] as const) {
    it(`finds none when the intent of the other one was replaced by its own (${what})`, async () => {
      await before();
      theyIntend();
      expect(await load("two", followedBy(theyWriteNow, "intend"))).toMatchObject({ change: expect.any(String) });
      expect(readdirSync(notes)).toEqual(["Kelp.md"]);
      expect(readFileSync(join(notes, "Kelp.md"), "utf8")).toContain("two");
    });
  }

  it("makes no second note when the other one begins it while the folder is opened", async () => {
    await load("two", followedBy(theyWrite));
    expect(readdirSync(notes)).toEqual(["Kelp.md"]);
  });

  it("still finds those of a user", async () => {
    await load("one", ledger);
    const mine = followedBy(() => writeFile("mine"));
    expect(await load("two", mine)).toMatchObject({ reason: "edited by you, kept as it is" });
    expect(readFileSync(join(notes, "Kelp.md"), "utf8")).toBe("mine");
  });
});
