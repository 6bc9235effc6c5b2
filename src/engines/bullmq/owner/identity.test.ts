import { describe, expect, it } from "vitest";
import { idempotencyKeyOf } from "../../../core/pipeline/index.ts";
import { contentBox } from "../queue/content-box.ts";
import { sharedStateWith } from "../queue/fixtures/shared-state.ts";
import { INLINE_CHARACTERS, jobIdOf } from "../queue/job.ts";
import { markOrphaned } from "../queue/orphaned-session.ts";
import type { ValueSwap } from "../queue/shared-state.ts";
import { claimSession } from "./claim-session.ts";
import { belongsTo } from "./session-jobs.ts";

/** As a run knows its session. */
interface Session {
  readonly sessionId: string;
  readonly identity: string;
}

// Two sessions that began in the same second, in workspaces of their own, or a workspace and its copy.
const ONE: Session = { sessionId: "20260119_143052", identity: "0".repeat(31) + "1" };
const TWO: Session = { ...ONE, identity: "0".repeat(31) + "2" };

const ITEM = { phase: "work", itemId: "row1", generation: 1 };
const jobId = ({ identity }: Session): string => jobIdOf({ identity, ...ITEM, epoch: 0, range: 0 });

/** The keys that are written into the shared state. */
async function keysPut(use: (state: ReturnType<typeof sharedStateWith>) => Promise<unknown>): Promise<string> {
  const keys: string[] = [];
  const swap = async (key: string, { after }: ValueSwap) => {
    keys.push(key);
    return after;
  };
  await use(sharedStateWith({ put: async (key) => void keys.push(key), swap }));
  return keys.join();
}

const CLAIM = {
  drain: new AbortController().signal,
  say: () => {},
  isAlive: () => false,
  onLost: () => {},
};

/** All that a session puts where others are too, and what it is made from. */
const SHARED: readonly (readonly [what: string, made: (session: Session) => unknown])[] = [
  ["the key of a call to an API", ({ identity }) => idempotencyKeyOf({ identity, ...ITEM, step: "pay", refused: 0 })],
  ["the id of a job", jobId],
  [
    "the mark of a session without an owner",
    ({ identity }) => keysPut((state) => markOrphaned(identity, "gone", state)),
  ],
  [
    "the key of a content beside its job",
    (session) => keysPut((state) => contentBox(jobId(session), state).pack("x".repeat(INLINE_CHARACTERS + 1))),
  ],
  [
    "the record of an owner's presence",
    ({ identity: id, sessionId: session }) =>
      keysPut(async (state) => {
        const self = { role: "owner", pipeline: "docs", version: "v1", modelId: "none", id, session } as const;
        const claim = await claimSession({ ...CLAIM, self, sessionId: session, state });
        await claim?.[Symbol.asyncDispose]();
      }),
  ],
  ["which jobs of a queue are its own", (session) => [ONE, TWO].map((other) => belongsTo(session, { ...other }))],
];

describe("of two sessions with one readable id", () => {
  it.each(SHARED)("%s is not the same", async (_, made) => {
    expect(await made(ONE)).toEqual(await made({ ...ONE }));
    expect(await made(ONE)).not.toEqual(await made(TWO));
  });
});

describe("a job of an older version, which names no identity", () => {
  it.each<[string, unknown, boolean]>([
    ["the session's by its readable id", { sessionId: ONE.sessionId }, true],
    ["not another session's", { sessionId: "20260119_143053" }, false],
    ["nobody's when it says nothing", {}, false],
    ["nobody's when it is garbage", "garbage", false],
    ["nobody's when it is nothing", null, false],
    ["not the session's when it names another identity", { sessionId: ONE.sessionId, identity: "x" }, false],
  ])("is %s", (_, data, isOwn) => {
    expect(belongsTo(ONE, data)).toBe(isOwn);
  });
});
