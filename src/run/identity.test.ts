import { cpSync, mkdtempSync, realpathSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { StepError } from "../core/failure/index.ts";
import { definePipeline, type AnyPipeline } from "../core/pipeline/index.ts";
import { ENGINE_FACT, IDENTITY_FACT, readIdentity } from "../core/session/index.ts";
import { openSessionReports, openSessionStore } from "../stores/sqlite/index.ts";
import { keepIn, numbers } from "../../test/contracts/engine/numbers.ts";
import { resumeSession, runPipeline } from "./index.ts";

let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "holdfast-identity-")));
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(folder, { recursive: true });
});

/** The keys of a run's calls by item; the calls are cut off while `isOpen` is false. */
interface Api {
  readonly keys: Map<string, string>;
  isOpen: boolean;
}

const newApi = (isOpen = true): Api => ({ keys: new Map(), isOpen });

const paying = (api: Api): AnyPipeline =>
  definePipeline("paying").phase("work", (phase) =>
    phase
      .extract(numbers(4))
      .step("pay", (content, ctx) => {
        api.keys.set(ctx.itemId, ctx.idempotencyKey);
        // The call was charged, and no answer came.
        if (!api.isOpen) throw new StepError("quota", "the wallet is empty");
        return content;
      })
      .load(keepIn(new Map())),
  );

/** A session whose calls were all under way when it was stopped. */
async function cutOff(workspace: string): Promise<{ readonly id: string; readonly keys: ReadonlyMap<string, string> }> {
  const api = newApi(false);
  const { session } = await runPipeline(paying(api), { workspace });
  expect(session.status).toBe("interrupted");
  return { id: session.id, keys: api.keys };
}

interface Resumed {
  readonly keys: ReadonlyMap<string, string>;
  readonly said: readonly string[];
}

async function resume(id: string, workspace: string): Promise<Resumed> {
  const api = newApi();
  const said: string[] = [];
  const { session } = await resumeSession(id, paying(api), {
    workspace,
    onEvent: (event) => event.kind === "engine" && said.push(event.message),
  });
  expect(session).toMatchObject({ status: "completed", counts: { completed: 4 } });
  expect(api.keys.size).toBe(4);
  return { keys: api.keys, said };
}

/** The keys that the first has of the calls that were under way. */
const kept = (before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): readonly string[] =>
  [...before].filter(([itemId, key]) => after.get(itemId) === key).map(([, key]) => key);

const shared = (...all: readonly ReadonlyMap<string, string>[]): number => {
  const keys = all.flatMap((one) => [...one.values()]);
  return keys.length - new Set(keys).size;
};

async function identityOf(workspace: string, id: string): Promise<string | undefined> {
  await using reports = openSessionReports(join(workspace, "sessions", id, "state.db"));
  return readIdentity(reports.getFact(IDENTITY_FACT))?.identity;
}

describe("two sessions that begin in the same second, in a workspace each", () => {
  it("have the same readable id, and no key in common", async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: new Date("2026-01-19T14:30:52Z") });
    const [one, two] = [newApi(), newApi()];
    const ends = await Promise.all(
      [one, two].map((api, n) => runPipeline(paying(api), { workspace: join(folder, String(n)) })),
    );
    expect(ends.map(({ session }) => session.id)).toEqual(["20260119_143052", "20260119_143052"]);
    expect(shared(one.keys, two.keys)).toBe(0);
    const identities = await Promise.all(ends.map(({ session }, n) => identityOf(join(folder, String(n)), session.id)));
    expect(new Set(identities).size).toBe(2);
    for (const identity of identities) expect(identity).toMatch(/^[0-9a-f]{32}$/);
  });
});

describe("a session that goes on", () => {
  const inPlace = (path: string) => path;
  it.each<[string, (workspace: string) => string]>([
    ["where it was", inPlace],
    [
      "under another path, since its workspace was moved",
      (workspace) => {
        renameSync(workspace, join(folder, "moved"));
        return join(folder, "moved");
      },
    ],
    [
      "through a link",
      (workspace) => {
        symlinkSync(workspace, join(folder, "link"));
        return join(folder, "link");
      },
    ],
    [
      "from a backup that was put back in its place",
      (workspace) => {
        cpSync(workspace, join(folder, "backup"), { recursive: true });
        rmSync(workspace, { recursive: true });
        renameSync(join(folder, "backup"), workspace);
        return workspace;
      },
    ],
  ])("repeats what was under way with the same keys %s", async (_, moved) => {
    const workspace = join(folder, "one");
    const { id, keys } = await cutOff(workspace);
    expect(keys.size).toBeGreaterThan(0);
    const resumed = await resume(id, moved(workspace));
    expect(kept(keys, resumed.keys)).toHaveLength(keys.size);
    expect(resumed.said).toEqual([]);
  });
});

describe("a workspace that was copied while calls were under way", () => {
  type Pair = readonly [original: string, copy: string];
  const copied = (workspace: string, to = "copy"): Pair => {
    cpSync(workspace, join(folder, to), { recursive: true });
    return [workspace, join(folder, to)];
  };
  it.each<[string, (workspace: string) => Pair, "together" | "copy first" | "original first"]>([
    ["both together", copied, "together"],
    ["the copy first", copied, "copy first"],
    ["the original first", copied, "original first"],
    [
      "the copy first, after the original was moved",
      (workspace) => {
        const [, copy] = copied(workspace);
        renameSync(workspace, join(folder, "moved"));
        return [join(folder, "moved"), copy];
      },
      "copy first",
    ],
    [
      "with the copy in the original's place, and the original first",
      (workspace) => {
        const [, copy] = copied(workspace);
        renameSync(workspace, join(folder, "moved"));
        renameSync(copy, workspace);
        return [join(folder, "moved"), workspace];
      },
      "original first",
    ],
    [
      "with the copy in the original's place, and the copy first",
      (workspace) => {
        const [, copy] = copied(workspace);
        renameSync(workspace, join(folder, "moved"));
        renameSync(copy, workspace);
        return [join(folder, "moved"), workspace];
      },
      "copy first",
    ],
    [
      "two copies, and no original",
      (workspace) => {
        const [, one] = copied(workspace);
        const [, two] = copied(workspace, "another");
        rmSync(workspace, { recursive: true });
        return [one, two];
      },
      "original first",
    ],
  ])("goes on in two places with no key in common: %s", async (_, make, order) => {
    const { id, keys } = await cutOff(join(folder, "one"));
    const [original, copy] = make(join(folder, "one"));
    const both = { original: () => resume(id, original), copy: () => resume(id, copy) };
    const ends: Resumed[] = [];
    if (order === "together") ends.push(...(await Promise.all([both.original(), both.copy()])));
    if (order === "original first") ends.push(await both.original(), await both.copy());
    if (order === "copy first") ends.push(await both.copy(), await both.original());
    const [first, second] = ends;
    if (!first || !second) throw new Error("Two runs were expected.");
    expect(shared(first.keys, second.keys)).toBe(0);
    // At most one of them is who it was, and the other one says so.
    const whoItWas = ends.filter((end) => kept(keys, end.keys).length > 0);
    expect(whoItWas.length).toBeLessThanOrEqual(1);
    const others = ends.filter((end) => !whoItWas.includes(end));
    for (const { said } of others) expect(said.join()).toContain("is a copy of the one that ran in");
    expect(await identityOf(original, id)).not.toBe(await identityOf(copy, id));
  });

  it("gets its identity once, and keeps it over its resumes", async () => {
    const { id } = await cutOff(join(folder, "one"));
    const [, copy] = copied(join(folder, "one"));
    const stopped = newApi(false);
    await resumeSession(id, paying(stopped), { workspace: copy });
    const identity = await identityOf(copy, id);
    const resumed = await resume(id, copy);
    expect(kept(stopped.keys, resumed.keys)).toHaveLength(stopped.keys.size);
    expect(resumed.said).toEqual([]);
    expect(await identityOf(copy, id)).toBe(identity);
  });

  it("does not wait for jobs in a queue: they are the original's", async () => {
    const { id } = await cutOff(join(folder, "one"));
    const engine = { name: "bullmq", address: "redis://queue:6379", url: "redis://queue:6379", queue: "q", epoch: 3 };
    {
      await using store = openSessionStore(join(folder, "one", "sessions", id, "state.db"));
      await store.setFact(ENGINE_FACT, JSON.stringify(engine));
    }
    const [original, copy] = copied(join(folder, "one"));
    await resume(id, copy);
    await expect(resumeSession(id, paying(newApi()), { workspace: original })).rejects.toThrow("are with workers at");
  });
});
