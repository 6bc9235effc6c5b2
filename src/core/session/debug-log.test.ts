import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openStageLogs, type StageLogs } from "./debug-log.ts";
import type { JsonValue } from "../base/json-value.ts";
import { safeName } from "../files/safe-name.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "holdfast-log-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const clock = { wallNow: () => Date.parse("2026-01-19T14:30:52.123Z") };
const subject = { stage: "transform", step: "summarise", itemId: "claude:1" } as const;
const logFile = (): string => join(folder, "import", "transform", "debug.log");

const problems: unknown[] = [];
const open = (debug: boolean): Promise<StageLogs> => {
  problems.length = 0;
  return openStageLogs({
    sessionFolder: folder,
    phase: "import",
    debug,
    clock,
    onProblem: (error) => problems.push(error),
  });
};

describe("openStageLogs in debug mode", () => {
  test("writes one line an entry with time, level, item and step", async () => {
    const logs = await open(true);
    const log = logs.logger(subject);
    log.debug("begins");
    log.info("goes on");
    log.warn("hm");
    log.error("no");
    await logs.close();
    expect(await readFile(logFile(), "utf8")).toBe(
      [
        "2026-01-19T14:30:52.123Z debug [claude:1] summarise: begins\n",
        "2026-01-19T14:30:52.123Z info  [claude:1] summarise: goes on\n",
        "2026-01-19T14:30:52.123Z warn  [claude:1] summarise: hm\n",
        "2026-01-19T14:30:52.123Z error [claude:1] summarise: no\n",
      ].join(""),
    );
    expect(problems).toEqual([]);
  });

  test("keeps a log file per stage", async () => {
    const logs = await open(true);
    for (const stage of ["extract", "transform", "load"] as const)
      logs.logger({ ...subject, stage }).info(`in ${stage}`);
    await logs.close();
    for (const stage of ["extract", "transform", "load"]) {
      expect(await readFile(join(folder, "import", stage, "debug.log"), "utf8")).toMatch(
        new RegExp(`: in ${stage}\n$`),
      );
    }
  });

  test("keeps an entry on one line whatever is in it", async () => {
    const logs = await open(true);
    logs.logger({ ...subject, itemId: "a\nb" }).info("one\r\ntwo\tthree \u001b[31m\u2028 é 日");
    await logs.close();
    expect(await readFile(logFile(), "utf8")).toBe(
      "2026-01-19T14:30:52.123Z info  [a\\nb] summarise: one\\r\\ntwo\\tthree \\u001b[31m\\u2028 é 日\n",
    );
  });

  test("goes on in the same file when a session is resumed", async () => {
    for (const message of ["first run", "second run"]) {
      const logs = await open(true);
      logs.logger(subject).info(message);
      await logs.close();
    }
    expect((await readFile(logFile(), "utf8")).match(/(first|second) run/g)).toEqual(["first run", "second run"]);
  });

  test("dumps what a step put out, one file per step and item", async () => {
    const logs = await open(true);
    await logs.dump(subject, { title: "old" });
    await logs.dump(subject, { title: "new" });
    await logs.dump({ ...subject, itemId: "../../x" }, [1, 2]);
    await logs.close();
    const dumps = join(folder, "import", "transform", "output", "summarise");
    expect((await readdir(dumps)).sort()).toEqual(
      [`${safeName("claude:1")}.json`, `${safeName("../../x")}.json`].sort(),
    );
    expect(JSON.parse(await readFile(join(dumps, `${safeName("claude:1")}.json`), "utf8"))).toEqual({
      itemId: "claude:1",
      step: "summarise",
      output: { title: "new" },
    });
  });

  test("finishes dumps that nobody waited for before it closes, the last for each item last", async () => {
    const logs = await open(true);
    for (let n = 0; n < 20; n += 1) void logs.dump({ ...subject, itemId: `item ${n % 10}` }, n);
    await logs.close();
    const dumps = join(folder, "import", "transform", "output", "summarise");
    expect(await readdir(dumps)).toHaveLength(10);
    expect(JSON.parse(await readFile(join(dumps, `${safeName("item 3")}.json`), "utf8"))).toMatchObject({ output: 13 });
  });

  test("keeps the dump of a step with a hostile name inside the stage's folder", async () => {
    const logs = await open(true);
    await logs.dump({ ...subject, step: "../../../x" }, 1);
    await logs.close();
    expect(await readdir(join(folder, "import", "transform", "output"))).toEqual([safeName("../../../x")]);
  });

  test("drops what is logged after it was closed, and may be closed twice", async () => {
    const logs = await open(true);
    const closing = logs.close();
    logs.logger(subject).info("too late");
    await closing;
    logs.logger(subject).info("much too late");
    await logs.close();
    expect(await readFile(logFile(), "utf8")).toBe("");
    expect(problems).toEqual([]);
  });

  test("writes down what is not a text without a fault", async () => {
    const logs = await open(true);
    const log = logs.logger(subject) as { info(message: unknown): void };
    log.info(new Error("as it was"));
    log.info(Object.create(null));
    await logs.close();
    expect(await readFile(logFile(), "utf8")).toMatch(/: as it was\n.*: \[object Object\]\n$/);
  });

  test("tells of a failing log once, and the run goes on", async () => {
    await writeFile(join(folder, "import"), "a file where the phase's folder should be");
    const logs = await open(true);
    logs.logger(subject).info("lost");
    await logs.dump(subject, 1);
    await logs.close();
    logs.logger(subject).info("lost too");
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ code: expect.stringMatching(/ENOTDIR|EEXIST/) });
  });

  test("tells of a value that cannot be dumped, and the run goes on", async () => {
    const circular: Record<string, JsonValue> = {};
    circular["self"] = circular;
    const logs = await open(true);
    await logs.dump(subject, circular);
    await logs.close();
    expect(problems).toEqual([expect.any(TypeError)]);
  });

  test("refuses a phase name that would leave the session's folder", async () => {
    await expect(openStageLogs({ sessionFolder: folder, phase: "../x", debug: true })).rejects.toMatchObject({
      code: "pipeline_invalid",
    });
  });
});

describe("openStageLogs without debug mode", () => {
  test("writes nothing at all", async () => {
    const logs = await open(false);
    logs.logger(subject).error("nobody hears this");
    await logs.dump(subject, { title: "nor this" });
    await logs.close();
    expect(await readdir(folder)).toEqual([]);
    expect(problems).toEqual([]);
  });
});
