import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { NO_ITEMS } from "../../src/core/session/item-counts.ts";
import { SessionManager, type NewSession } from "../../src/core/session/session-manager.ts";
import {
  createSession,
  parseSession,
  serializeSession,
  sessionStatusOf,
  withPhase,
  withStatus,
  type PhaseSummary,
} from "../../src/core/session/session.ts";

const pipeline = { name: "summaries", path: "/home/me/summaries.ts", hash: "abc" };
const at = (seconds: number): Date => new Date(Date.UTC(2026, 0, 19, 14, 30, seconds));
const phase = (
  name: string,
  status: PhaseSummary["status"],
  counts: Partial<PhaseSummary["counts"]> = {},
): PhaseSummary => ({
  name,
  status,
  counts: { ...NO_ITEMS, ...counts },
});

describe("Session", () => {
  const session = createSession({ id: "20260119_143052", pipeline, phases: ["import", "organize"], now: at(52) });

  test("begins pending, with its phases pending and no items", () => {
    expect(session).toStrictEqual({
      layout: 1,
      id: "20260119_143052",
      pipeline,
      status: "pending",
      createdAt: "2026-01-19T14:30:52.000Z",
      updatedAt: "2026-01-19T14:30:52.000Z",
      debug: false,
      options: {},
      phases: [phase("import", "pending"), phase("organize", "pending")],
      counts: NO_ITEMS,
    });
  });

  test("keeps debug mode and what the command line was given", () => {
    const options = { input: "export.zip", out: "notes", llm: "ollama:llama3.2" };
    expect(createSession({ id: "x", pipeline, phases: [], debug: true, options, now: at(0) })).toMatchObject({
      debug: true,
      options,
    });
  });

  test("replaces a phase in its place and adds up the counts", () => {
    const first = withPhase(session, phase("import", "partial", { completed: 963, failed: 37 }), at(53));
    const second = withPhase(first, phase("organize", "running", { completed: 1, pending: 962 }), at(54));
    expect(second.phases.map(({ name, status }) => [name, status])).toEqual([
      ["import", "partial"],
      ["organize", "running"],
    ]);
    expect(second.counts).toEqual({ ...NO_ITEMS, completed: 964, failed: 37, pending: 962 });
    expect(second).toMatchObject({ createdAt: "2026-01-19T14:30:52.000Z", updatedAt: "2026-01-19T14:30:54.000Z" });
  });

  test("adds a phase that it did not have at the end", () => {
    expect(withPhase(session, phase("extra", "pending"), at(53)).phases.map(({ name }) => name)).toEqual([
      "import",
      "organize",
      "extra",
    ]);
  });

  test("is never changed itself", () => {
    const before = structuredClone(session);
    withPhase(session, phase("import", "failed", { failed: 1 }), at(53));
    withStatus(session, "interrupted", { now: at(53), reason: "stopped" });
    expect(session).toStrictEqual(before);
  });

  test("says why it was interrupted, until it goes on", () => {
    const interrupted = withStatus(session, "interrupted", { now: at(53), reason: "Ctrl-C" });
    expect(interrupted).toMatchObject({ status: "interrupted", reason: "Ctrl-C" });
    expect(withStatus(interrupted, "running", { now: at(54) })).not.toHaveProperty("reason");
  });

  test.each([
    ["completed", [phase("a", "completed", { completed: 2 }), phase("b", "completed", { skipped: 2 })]],
    ["completed", []],
    ["partial", [phase("a", "completed", { completed: 2 }), phase("b", "failed", { failed: 2 })]],
    ["failed", [phase("a", "failed", { failed: 2 }), phase("b", "completed")]],
    ["interrupted", [phase("a", "completed", { completed: 2 }), phase("b", "pending")]],
    ["interrupted", [phase("a", "interrupted", { completed: 1, pending: 1 })]],
  ] as const)("is %s after phases %j", (status, phases) => {
    expect(sessionStatusOf(phases)).toBe(status);
  });

  test("survives being written and read", () => {
    const interrupted = withStatus(session, "interrupted", { now: at(53), reason: "the disk is full" });
    expect(parseSession(serializeSession(interrupted), "session.json")).toStrictEqual(interrupted);
  });

  test("is written for people: indented, with a line break at the end", () => {
    expect(serializeSession(session)).toMatch(/^\{\n {2}"layout": 1,\n {2}"id": "20260119_143052",[^]*\n\}\n$/);
  });
});

describe("SessionManager", () => {
  let workspace: string;
  const time = { ms: at(52).getTime() };
  const clock = { now: () => time.ms, wallNow: () => time.ms };
  const newSession: NewSession = { pipeline, phases: ["import"] };
  const manager = (): SessionManager => new SessionManager(workspace, { clock });

  beforeEach(async () => {
    workspace = join(await mkdtemp(join(tmpdir(), "holdfast-session-")), ".holdfast");
    time.ms = at(52).getTime();
  });
  afterEach(() => rm(join(workspace, ".."), { recursive: true, force: true }));

  test("creates a session whose id is the time in UTC, in a folder of that name", async () => {
    const session = await manager().create(newSession);
    expect(session.id).toBe("20260119_143052");
    expect(await readdir(join(workspace, "sessions", "20260119_143052"))).toEqual(["session.json"]);
  });

  test("gives sessions that begin in the same second ids of their own", async () => {
    const sessions = [
      await manager().create(newSession),
      await manager().create(newSession),
      await manager().create(newSession),
    ];
    expect(sessions.map(({ id }) => id)).toEqual(["20260119_143052", "20260119_143052_02", "20260119_143052_03"]);
  });

  test("gives each of many that ask at once an id of its own", async () => {
    const sessions = await Promise.all(Array.from({ length: 30 }, () => manager().create(newSession)));
    expect(new Set(sessions.map(({ id }) => id)).size).toBe(30);
    expect(await readdir(join(workspace, "sessions"))).toHaveLength(30);
  });

  test("gives processes that ask in the same second ids of their own", async () => {
    const script = `
      import { SessionManager } from ${JSON.stringify(new URL("../../src/core/session/session-manager.ts", import.meta.url).href)};
      const clock = { now: () => 0, wallNow: () => ${time.ms} };
      const manager = new SessionManager(${JSON.stringify(workspace)}, { clock });
      for (let n = 0; n < 10; n += 1) console.log((await manager.create(${JSON.stringify(newSession)})).id);`;
    const ids = await Promise.all(
      [1, 2, 3].map(async () => {
        const child = spawn(process.execPath, ["--no-warnings", "--input-type=module", "-e", script], {
          stdio: ["ignore", "pipe", "inherit"],
        });
        const [out] = await Promise.all([child.stdout.toArray(), once(child, "exit")]);
        return Buffer.concat(out).toString().trim().split("\n");
      }),
    );
    expect(ids.flat().sort()).toEqual((await readdir(join(workspace, "sessions"))).sort());
    expect(new Set(ids.flat()).size).toBe(30);
  });

  test("loads what was saved", async () => {
    const created = await manager().create(newSession);
    const changed = withPhase(created, phase("import", "running", { processing: 3 }), at(55));
    await manager().save(changed);
    expect(await manager().load(created.id)).toStrictEqual(changed);
  });

  test("leaves nothing but session.json in a folder that was saved to often", async () => {
    const session = await manager().create(newSession);
    await Promise.all(
      Array.from({ length: 20 }, (_, n) => manager().save(withStatus(session, "running", { now: at(n) }))),
    );
    expect(await readdir(manager().folderOf(session.id))).toEqual(["session.json"]);
    expect((await manager().load(session.id)).status).toBe("running");
  });

  test("says whether a session exists", async () => {
    const { id } = await manager().create(newSession);
    expect(await manager().exists(id)).toBe(true);
    expect(await manager().exists("20260119_143053")).toBe(false);
  });

  test("lists sessions, the newest first", async () => {
    for (const seconds of [52, 52, 50, 59]) {
      time.ms = at(seconds).getTime();
      await manager().create(newSession);
    }
    const listed = await manager().list();
    expect(listed.map(({ id }) => id)).toEqual([
      "20260119_143059",
      "20260119_143052_02",
      "20260119_143052",
      "20260119_143050",
    ]);
    expect(listed.map(({ session }) => session?.createdAt.slice(17, 19))).toEqual(["59", "52", "52", "50"]);
  });

  test("lists none where there is no workspace, and makes no folder by looking", async () => {
    expect(await manager().list()).toEqual([]);
    expect(await manager().exists("20260119_143052")).toBe(false);
    expect(await readdir(join(workspace, ".."))).toEqual([]);
  });

  test("lists a damaged session with its problem, and the others as they are", async () => {
    const damaged = await manager().create(newSession);
    const whole = await manager().create(newSession);
    await writeFile(join(manager().folderOf(damaged.id), "session.json"), '{"layout":1');
    await mkdir(join(workspace, "sessions", "20260119_143040"));
    await mkdir(join(workspace, "sessions", "not-a-session"));
    expect(await manager().list()).toEqual([
      { id: whole.id, session: whole },
      { id: damaged.id, problem: expect.objectContaining({ code: "session_damaged" }) },
      { id: "20260119_143040", problem: expect.objectContaining({ code: "session_damaged" }) },
    ]);
  });

  test("says session_not_found for an id that nobody has, and that the sessions can be listed", async () => {
    await expect(manager().load("20260119_143053")).rejects.toMatchObject({
      code: "session_not_found",
      message: `There is no session 20260119_143053 in ${JSON.stringify(join(workspace, "sessions"))}.`,
      hint: { kind: "list_sessions", otherWorkspace: true },
    });
  });

  test("says session_damaged with the file and the field", async () => {
    const { id } = await manager().create(newSession);
    const file = join(manager().folderOf(id), "session.json");
    await writeFile(file, (await readFile(file, "utf8")).replace('"pending"', '"almost"'));
    await expect(manager().load(id)).rejects.toMatchObject({
      code: "session_damaged",
      message: expect.stringContaining(`${JSON.stringify(file)}: field \`status\` should be one of pending, running`),
    });
  });

  test("says session_damaged when the folder holds the file of another session", async () => {
    const { id } = await manager().create(newSession);
    const other = join(workspace, "sessions", "20260119_143053");
    await mkdir(other);
    await writeFile(join(other, "session.json"), await readFile(join(manager().folderOf(id), "session.json")));
    await expect(manager().load("20260119_143053")).rejects.toMatchObject({
      code: "session_damaged",
      message: expect.stringContaining(`belongs to session ${id}`),
    });
  });

  test("says session_layout for a session of a newer Holdfast", async () => {
    const { id } = await manager().create(newSession);
    const file = join(manager().folderOf(id), "session.json");
    await writeFile(file, (await readFile(file, "utf8")).replace('"layout": 1', '"layout": 2'));
    await expect(manager().load(id)).rejects.toMatchObject({ code: "session_layout" });
  });

  test("says write_failed when the workspace would have to be made in a file", async () => {
    await writeFile(workspace, "a file");
    await expect(manager().create(newSession)).rejects.toMatchObject({
      code: "write_failed",
      message: expect.stringContaining(workspace),
    });
  });

  test("says write_failed where no folder can ever be made", async () => {
    const nowhere = new SessionManager("/proc/holdfast", { clock });
    await expect(nowhere.create(newSession)).rejects.toMatchObject({ code: "write_failed" });
  });

  test.each([
    "../x",
    "../../etc/passwd",
    "/etc/passwd",
    "20260119_143052/../..",
    "..",
    "",
    "20260119_143052\0",
    "9".repeat(5000),
  ])("refuses the hostile id %j before it touches the disk", async (id) => {
    // What the ids would lead to if they were believed.
    await mkdir(join(workspace, "sessions"), { recursive: true });
    await mkdir(join(workspace, "x"));
    await writeFile(join(workspace, "x", "session.json"), "{}");
    const refused = { code: "session_invalid_id" };
    expect(() => manager().folderOf(id)).toThrow(expect.objectContaining(refused));
    await expect(manager().load(id)).rejects.toMatchObject(refused);
    await expect(manager().exists(id)).rejects.toMatchObject(refused);
    await expect(manager().save({ ...createSession({ ...newSession, id, now: at(0) }) })).rejects.toMatchObject(
      refused,
    );
    expect(await readdir(join(workspace, "sessions"))).toEqual([]);
    expect(await readFile(join(workspace, "x", "session.json"), "utf8")).toBe("{}");
  });
});
