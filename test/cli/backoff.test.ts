import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { fencesOf } from "../docs/fences.ts";
import { holdfast, newProject, root } from "./holdfast.ts";
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
    for (const flags of [["--max-attempts", "12"], ["--simulate"]]) {
      const { stdout } = await backoff(...flags);
      expect(stdout).toMatch(/^[ -~\n]+$/);
      expect(Math.max(...stdout.split("\n").map(({ length }) => length))).toBeLessThanOrEqual(80);
    }
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
    [["--clients", "10"], "Add --simulate."],
    [["--retry-after", "10"], "--retry-after says something about a simulation only."],
    [["--simulate", "--clients", "0"], "--clients"],
    [["--simulate", "--rate", "many"], "--rate"],
    [["--simulate", "--seed", "1.5"], "--seed"],
  ])("refuses %j in one sentence", async (flags, sentence) => {
    const { code, stdout, stderr } = await backoff(...flags);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain(sentence);
    expect(stderr).not.toContain("internal error");
  });

  it("shows examples with --help", async () => {
    const { code, stdout } = await backoff("--help");
    expect(code).toBe(0);
    expect(stdout).toContain("$ holdfast backoff --simulate");
  });
});

describe("holdfast backoff --simulate", () => {
  it("shows what jitter is for: a minute with it, more than ten without", async () => {
    const { code, stdout } = await backoff("--simulate", "--clients", "2000", "--rate", "50", "--seed", "42");
    expect(code).toBe(0);
    expect(stdout).toContain("The ideal: all are served after 39 s.");
    expect(stdout).toMatch(/^exponential +0\.5 s to 20 s +652 s +19\.7 +1,950$/m);
    expect(stdout).toMatch(/^full-jitter +0\.5 s to 20 s +48\.9 s +7\.01 +[\d,]+$/m);
    expect(stdout).toMatch(/^Retry-After +exactly as asked +371 s +19\.3 +1,950$/m);
    // A herd that stays together, against one that is spread out.
    expect(stdout).toMatch(/^exponential {9}@@ @ {3}@ {7}@ {15}@ {19}@$/m);
    expect(stdout).toMatch(/^full-jitter {9}@+#*\**\+*:*\.*$/m);
  });

  it("prints what the guide shows", async () => {
    const page = readFileSync(join(root, "docs/guide/retry-anti-patterns.md"), "utf8");
    const shown = fencesOf(page).find(({ text }) => text.includes("requests/success"));
    expect((await backoff("--simulate")).stdout).toBe(shown?.text);
  });

  it("gives the same result for the same seed", async () => {
    const flags = ["--simulate", "--clients", "300", "--rate", "20", "--seed", "7", "--json"];
    const first = await backoff(...flags);
    expect(await backoff(...flags)).toEqual(first);
    const document: { strategies: { served: number; requests: number; requestsPerSecond: number[] }[] } = JSON.parse(
      first.stdout,
    );
    expect(document).toMatchObject({ clients: 300, ratePerSecond: 20, seed: 7, idealSeconds: 14 });
    expect(document.strategies).toHaveLength(8);
    for (const { served, requests, requestsPerSecond } of document.strategies) {
      expect(served).toBe(300);
      expect(requestsPerSecond.reduce((sum, each) => sum + each, 0)).toBe(requests);
    }
  });

  it("counts the clients that give up", async () => {
    const { stdout } = await backoff("--simulate", "--strategy", "exponential", "--max-attempts", "3");
    expect(stdout).toMatch(/^exponential +0\.5 s to 20 s +1,8\d\d gave up/m);
    expect(stdout).not.toContain("full-jitter");
  });
});
