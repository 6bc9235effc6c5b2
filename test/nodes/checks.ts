import assert from "node:assert/strict";
import { cpSync, existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../cli/holdfast.ts";
import type { QueueServer } from "../fleet/servers.ts";
import { until } from "../until.ts";
import type { Ended, User } from "./user.ts";

const DOCS = 30;
/** Those that are done when the run is killed. */
const FIRST = [1, 2, 3, 4, 5, 6, 8, 9, 10].map((n) => `doc-${n}`);

/** The example of the README, imported twice: what is unchanged is skipped. */
export async function demo(user: User): Promise<void> {
  const chats = join(root, "examples/claude-export");
  const first = await user.holdfast("import", chats, "--out", "notes");
  says(first, { code: 0, text: "17 items: 15 completed, 2 filtered" });
  assert.equal(notesOf(user).length, 15);
  const second = await user.holdfast("import", chats, "--out", "notes");
  says(second, { code: 0, text: "17 items: 15 skipped, 2 filtered" });
  assert.equal(notesOf(user).length, 15);
}

/** A run of a user's own pipeline that is killed, looked at, resumed, looked at again, and retried. */
export async function sessions(user: User): Promise<void> {
  bringProject(user);
  const run = user.startHoldfast("run", "work.ts");
  await until(() => run.heard().includes("Session"));
  const id = idIn(run.heard());
  // The first ten, of which one fails. The next ones wait.
  await until(async () => (await statusOf(user, id)).counts.completed === 9);
  run.kill("SIGKILL");
  await run.ended;
  assert.equal((await statusOf(user, id)).status, "interrupted");

  writeFileSync(join(user.folder, "passable"), "");
  const resumed = await user.holdfast("resume", id);
  says(resumed, { code: 4, text: `${DOCS} items: ${DOCS - 1} completed, 1 failed` });
  const calls = callsOf(user);
  assert.deepEqual(
    calls.filter((call) => FIRST.includes(call)).toSorted(),
    FIRST.toSorted(),
    "what was done before the kill is not done again",
  );

  says(await user.holdfast("status"), { code: 0, text: id });
  says(await user.holdfast("status", id), { code: 0, text: "holdfast retry" });
  says(await user.holdfast("show", id), { code: 0, text: "The API is away" });
  says(await user.holdfast("show", id, "doc-7"), { code: 0, text: "The API is away" });
  says(await user.holdfast("show", id, "--status", "completed"), { code: 0, text: "doc-8" });
  says(await user.holdfast("retry", id, "--preview"), { code: 0, text: "doc-7" });

  writeFileSync(join(user.folder, "repaired"), "");
  says(await user.holdfast("retry", id), { code: 0, text: `${DOCS} items: ${DOCS} completed` });
  assert.deepEqual(callsOf(user), [...calls, "doc-7"]);
  assert.equal(notesOf(user).length, DOCS);
  assert.equal((await statusOf(user, id)).status, "completed");
}

/** The same session as a library, with a fan-out and a cache; its second run asks the cache. */
export async function library(user: User): Promise<void> {
  bringProject(user);
  for (const _ of [1, 2]) says(await user.node("library.mjs"), { code: 0, text: `completed: ${DOCS * 4} items, true` });
  assert.equal(readdirSync(join(user.folder, "sums")).length, DOCS);
  says(await user.holdfast("cache"), { code: 0, text: "measure" });
}

/** A session whose steps are done by a worker. */
export async function fleet(user: User, queue: QueueServer): Promise<void> {
  bringProject(user);
  for (const file of ["passable", "repaired"]) writeFileSync(join(user.folder, file), "");
  const worker = user.startHoldfast("worker", "work.ts", ...queue.flags);
  try {
    await until(() => worker.heard().includes("at once"));
    const ran = await user.holdfast("run", "work.ts", ...queue.flags);
    says(ran, { code: 0, text: `${DOCS} items: ${DOCS} completed` });
    says(await user.holdfast("resume", idIn(ran.stderr), "--engine", "local"), { code: 0, text: "completed" });
  } finally {
    worker.kill("SIGTERM");
  }
  says(await worker.ended, { code: 0, text: `Done: ${DOCS} jobs` });
}

function bringProject({ folder }: User): void {
  cpSync(join(import.meta.dirname, "fixtures/project"), folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
  const docs = Array.from({ length: DOCS }, (_, n) => JSON.stringify({ id: `doc-${n + 1}`, text: "kelp holds on" }));
  writeFileSync(join(folder, "docs.jsonl"), docs.join("\n"));
}

function says({ code, stdout, stderr }: Ended, expected: { readonly code: number; readonly text: string }): void {
  const found = { code, text: `${stdout}${stderr}` };
  const isSaid = found.code === expected.code && found.text.includes(expected.text);
  assert.ok(isSaid, `expected exit code ${expected.code} and "${expected.text}", got ${code}:\n${found.text}`);
}

function idIn(said: string): string {
  const id = /\b\d{8}_\d{6}(?:_\d+)?\b/.exec(said)?.[0];
  assert.ok(id, `no session id in:\n${said}`);
  return id;
}

interface Status {
  readonly status: string;
  readonly counts: { readonly completed: number };
}

async function statusOf(user: User, id: string): Promise<Status> {
  const { stdout } = await user.holdfast("status", id, "--json");
  const { session }: { readonly session: Status } = JSON.parse(stdout);
  return session;
}

function notesOf({ folder }: User): readonly string[] {
  const notes = join(folder, "notes");
  return existsSync(notes) ? readdirSync(notes).filter((name) => name.endsWith(".md")) : [];
}

/** The documents that were called for, in order. */
const callsOf = ({ folder }: User): readonly string[] =>
  readFileSync(join(folder, "calls.txt"), "utf8").trim().split("\n");
