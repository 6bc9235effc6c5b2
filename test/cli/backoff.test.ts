import { describe, expect, it } from "vitest";
import { holdfast, newProject } from "./holdfast.ts";
import { variants } from "../variants.ts";

const cwd = newProject();
const backoff = (...flags: readonly string[]) => holdfast(["backoff", ...flags], { cwd });

describe("holdfast backoff", () => {
  it("draws what a RetryConfig with nothing set does", async () => {
    const { code, stdout, stderr } = await backoff();
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^retry-config: 3 attempts, waits of 2 s to 30 s$/m);
    expect(stdout).toMatch(/^ +2 +2 s to 4 s +3 s +3 s +4 s {2}#+-+\|-+$/m);
    expect(stdout).toMatch(/^ +3 +2 s to 8 s +5 s +8 s +12 s {2}#+-+\|-+$/m);
    expect(stdout).toContain("It gives up after 8 s of waiting on average, 12 s at worst.");
  });

  it("follows the flags, with exact waits when there is no jitter", async () => {
    const { stdout } = await backoff(
      "--max-attempts",
      "6",
      "--min-wait",
      "1",
      "--max-wait",
      "20",
      "--base",
      "3",
      "--no-jitter",
    );
    expect(stdout).toContain("6 attempts, waits of 1 s to 20 s, base 3, no jitter");
    expect(stdout.match(/\d+ s(?= {2}#)/g)).toEqual(["1 s", "4 s", "13 s", "33 s", "53 s"]);
    expect(stdout).toContain("It gives up after 53 s of waiting.\n");
  });

  it("puts one JSON document on stdout with --json", async () => {
    const { code, stdout } = await backoff(
      "--strategy",
      "fibonacci",
      "--max-attempts",
      "6",
      "--min-wait",
      "0.5",
      "--json",
    );
    expect(code).toBe(0);
    const document: { attempts: { waitSeconds: unknown }[] } = JSON.parse(stdout);
    expect(document).toMatchObject({
      strategy: "fibonacci",
      minWaitSeconds: 0.5,
      maxAttempts: 6,
      totalSeconds: { max: 6 },
    });
    expect(document.attempts.map(({ waitSeconds }) => waitSeconds)).toEqual(
      [0, 0.5, 0.5, 1, 1.5, 2.5].map((seconds) => ({ min: seconds, mean: seconds, max: seconds })),
    );
  });

  it("writes plain characters within 80 columns when nobody watches", async () => {
    const { stdout } = await backoff("--max-attempts", "12");
    expect(stdout).toMatch(/^[ -~\n]+$/);
    expect(Math.max(...stdout.split("\n").map(({ length }) => length))).toBeLessThanOrEqual(80);
  });

  variants([
    [["--max-attempts", "0"], "--max-attempts"],
    [["--max-attempts", "1001"], "Expected at most 1000"],
    [["--min-wait", "-1"], "--min-wait"],
    [["--max-wait", "0x10"], "--max-wait"],
    [["--base", "0.5"], "--base"],
    [["--strategy", "polynomial"], "decorrelated"],
    [["--min-wait", "40"], "Expected --max-wait to be >= --min-wait (40), got its default, 30."],
    [["--min-wait", "5", "--max-wait", "2"], "Expected --max-wait to be >= --min-wait (5), got 2."],
    [["--strategy", "fixed", "--no-jitter"], "--no-jitter cannot be given with --strategy fixed."],
    [["--simulate"], "unknown option '--simulate'"],
  ])("refuses %j in one sentence", async (flags, sentence) => {
    const { code, stdout, stderr } = await backoff(...flags);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain(sentence);
    expect(stderr).not.toContain("internal error");
  });

  it("shows examples with --help", async () => {
    const { code, stdout } = await backoff("--help");
    expect(code).toBe(0);
    expect(stdout).toContain("$ holdfast backoff --max-attempts 8");
  });
});
