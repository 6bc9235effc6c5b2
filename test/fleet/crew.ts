import type { ChildProcess } from "node:child_process";
import { cpSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { newProject, root, start, type Finished } from "../cli/holdfast.ts";
import { line } from "../crash/documents.ts";
import { readCallLog, readDeaths, type CallNote } from "./call-log.ts";
import { type QueueServer } from "./servers.ts";
import { until } from "../until.ts";

/** Items that a worker is at, at once. */
export const CONCURRENCY = 4;
/** Items that the owner has in flight: more than two workers are at, and fewer than there are. */
const WINDOW = 16;
const CALL_MS = 150;
/** A process that does not end in so long is hanging. */
const LEAVE_MS = 300_000;

const KINDS: Readonly<Record<number, string>> = { 2: "unchanged", 4: "odd", 5: "flaky", 8: "short", 9: "gone" };

export interface CrewOptions {
  /** An item that kills its worker so often. @default 0 */
  readonly deaths?: number;
}

/** A command line that was started, and what became of it. */
export interface Member {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly finished: Promise<Finished>;
  /** What it has said on stderr so far. */
  readonly said: () => string;
}

/** The owner of a session and its workers, as processes of the built command line in a project of their own. */
export class Crew implements AsyncDisposable {
  readonly cwd: string;
  readonly #server: QueueServer;
  readonly #env: Readonly<Record<string, string>>;
  readonly #members: Member[] = [];
  #id: string | undefined;
  #isDismissed = false;

  constructor(server: QueueServer, { deaths = 0 }: CrewOptions = {}) {
    this.#server = server;
    this.#env = { ...server.env, CALL_MS: String(CALL_MS), DEATHS: String(deaths) };
    this.cwd = newProject();
    cpSync(join(root, "test/fleet/fixtures/pipeline.ts"), join(this.cwd, "pipeline.ts"));
    writeFileSync(join(this.cwd, "docs.jsonl"), `${DOCUMENTS.join("\n")}\n`);
  }

  get notes(): readonly CallNote[] {
    return readCallLog(this.cwd);
  }

  /** Begins the session; once it was begun, goes on with it by its id alone. */
  own(): Member {
    const begin = ["run", "pipeline.ts", "--window", String(WINDOW), "--json", ...this.#server.flags];
    const member = this.#start(this.#id === undefined ? begin : ["resume", this.#id, "--json"]);
    member.child.stderr?.on("data", (chunk: Buffer) => {
      this.#id ??= /^Session (\S+)$/m.exec(chunk.toString())?.[1];
    });
    return member;
  }

  /** Starts a worker; `flags` say where its queue is, when that is not where the owner's is. */
  async work(flags: readonly string[] = this.#server.flags): Promise<Member> {
    const worker = this.#start(["worker", "pipeline.ts", "--concurrency", String(CONCURRENCY), ...flags]);
    await this.untilSaid(worker, "Worker for");
    return worker;
  }

  /** Keeps a worker there, as an init system does, until the crew is dismissed. */
  async workAlways(): Promise<Member> {
    const worker = await this.work();
    void worker.finished
      .then(({ code }) => (code === null && !this.#isDismissed ? this.workAlways() : undefined))
      .catch(() => {});
    return worker;
  }

  /** Resolves when a member has said that. */
  async untilSaid({ said }: Member, text: string): Promise<void> {
    await until(() => said().includes(text));
  }

  /** Resolves when so many calls were begun. */
  async untilCalls(count: number): Promise<void> {
    await until(() => this.notes.filter(({ is }) => is === "begun").length >= count);
  }

  /** Resolves when an item has killed so many workers. */
  async untilDeaths(count: number): Promise<void> {
    await until(() => readDeaths(this.cwd).length >= count);
  }

  /** Ends the workers as an operator does, and says what was not as it should be with any process. */
  async dismiss(): Promise<readonly string[]> {
    this.#isDismissed = true;
    // A worker that began a moment ago may not listen to signals yet: it is ended by one, and has done nothing.
    const live = this.#members.filter(({ child }) => child.exitCode === null && child.signalCode === null);
    for (const { child } of live) child.kill("SIGTERM");
    const ends = await Promise.all(
      live.map(({ finished }) => Promise.race([finished, pause(LEAVE_MS, undefined, { ref: false })])),
    );
    const problems = ends.flatMap((end) => {
      if (!end) return ["a process did not end"];
      const hadNotBegun = end.code === null && end.stderr + end.stdout === "";
      return end.code === 0 || hadNotBegun ? [] : [`a worker ended with ${end.code}: ${end.stderr}`];
    });
    for (const { child } of live) child.kill("SIGKILL");
    const all = await Promise.all(this.#members.map(({ finished }) => finished));
    const stacks = all
      .filter(({ stderr }) => /\n\s+at .*:\d+/.test(stderr))
      .map(({ stderr }) => `a stack is shown: ${stderr}`);
    return [...problems, ...stacks];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isDismissed = true;
    for (const { child } of this.#members) child.kill("SIGKILL");
    await Promise.all(this.#members.map(({ finished }) => finished));
    rmSync(this.cwd, { recursive: true, force: true });
  }

  #start(args: readonly string[]): Member {
    const { child, finished } = start(args, { cwd: this.cwd, env: this.#env });
    if (child.pid === undefined) throw new Error("The command did not start.");
    let said = "";
    child.stderr?.on("data", (chunk: Buffer) => (said += chunk.toString()));
    const member = { child, pid: child.pid, finished, said: () => said };
    this.#members.push(member);
    return member;
  }
}

/** One of each kind that a run can meet, several times, and one that kills its workers when it is told to. */
const DOCUMENTS: readonly string[] = Array.from({ length: 31 }, (_, n) => {
  if (n === 7) return "this line is not JSON";
  if (n === 12) return line("fatal", { is: "fatal", parts: ["a"] });
  return line(`doc-${n}`, { is: KINDS[n % 10], parts: n % 3 === 0 ? ["a", "b"] : ["a"] });
});
