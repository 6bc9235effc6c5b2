import { describe, expect, it } from "vitest";
import { restLine, restOf, type HowFar } from "./retry-preview.ts";

const NONE = { pending: 0, processing: 0, completed: 9, failed: 1, skipped: 0, filtered: 0, review: 0 };

interface Row {
  readonly status: HowFar["session"]["status"];
  readonly pending?: number;
  readonly unread?: number;
  readonly allRead?: boolean;
  readonly says: string | undefined;
}

const BEGINNING = "The session has not ended, and goes on with the rest too: ";

const ROWS: Readonly<Record<string, Row>> = {
  "at its end": { status: "partial", says: undefined },
  "at its end, with an item that waits for its failed part": { status: "partial", pending: 1, says: undefined },
  "stopped with all items read": { status: "interrupted", pending: 16, says: "16 pending items." },
  "stopped in the middle": {
    status: "interrupted",
    pending: 1,
    unread: 106,
    allRead: false,
    says: "1 pending item, 106 that are not read yet.",
  },
  "stopped by --limit": { status: "interrupted", unread: 1, allRead: false, says: "1 that is not read yet." },
  "stopped before it knew how many there are": { status: "interrupted", allRead: false, says: "what is not read yet." },
};

describe("what `holdfast retry` does beside", () => {
  it.each(Object.entries(ROWS))("in a session %s", (_, { status, pending = 0, unread = 0, allRead = true, says }) => {
    const line = restLine(restOf({ session: { status, counts: { ...NONE, pending } }, unread, allRead }));
    expect(line).toBe(says === undefined ? undefined : BEGINNING + says);
  });
});
