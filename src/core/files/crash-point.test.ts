import { describe, expect, it } from "vitest";
import { crashPointFor, type CrashPoint } from "./crash-point.ts";

function armed(env: Readonly<Record<string, string>>): {
  readonly crashPoint: CrashPoint;
  readonly said: readonly string[];
  readonly logged: readonly string[];
  readonly kills: () => number;
} {
  const said: string[] = [];
  const logged: string[] = [];
  let kills = 0;
  const crashPoint = crashPointFor(env, {
    say: (line) => said.push(line),
    log: (file, line) => logged.push(`${file}: ${line}`),
    kill: () => (kills += 1),
  });
  return { crashPoint, said, logged, kills: () => kills };
}

describe("a crash point", () => {
  it("does nothing when the environment does not ask for it", () => {
    const { crashPoint, said, logged, kills } = armed({});
    crashPoint("a");
    expect([said, logged, kills()]).toEqual([[], [], 0]);
  });

  it("kills at the n-th time that a name is passed, whatever else is passed between", () => {
    const { crashPoint, said, kills } = armed({ HOLDFAST_CRASH_AT: "a#2" });
    for (const name of ["a", "b", "b"]) crashPoint(name);
    expect(kills()).toBe(0);
    crashPoint("a");
    crashPoint("a");
    expect(kills()).toBe(1);
    expect(said).toEqual(["[crash point a#2]\n"]);
  });

  it("makes one write fail as on a full disk, and says when a run may do without it", () => {
    const { crashPoint, said } = armed({ HOLDFAST_FAIL_AT: "a#1" });
    expect(() => crashPoint("a", { optional: true })).toThrow(expect.objectContaining({ code: "ENOSPC", errcode: 13 }));
    crashPoint("a");
    expect(said).toEqual(["[crash point a#1 (optional)]\n"]);
  });

  it("makes all writes fail from one on, and nothing that is after a write", () => {
    const { crashPoint } = armed({ HOLDFAST_FAIL_FROM: "a#1" });
    crashPoint("b");
    expect(() => crashPoint("a")).toThrow("ENOSPC");
    crashPoint("a:done");
    expect(() => crashPoint("b")).toThrow("ENOSPC");
  });

  it("lists what is passed, except what a timer decides", () => {
    const { crashPoint, logged } = armed({ HOLDFAST_CRASH_LOG: "file" });
    crashPoint("a");
    crashPoint("a", { timed: true });
    crashPoint("a", { optional: true });
    expect(logged).toEqual(["file: a#1\n", "file: a#2 (optional)\n"]);
  });
});
