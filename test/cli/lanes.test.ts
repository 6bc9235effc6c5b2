import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  randomFaults,
  startFakeOllama,
  type Fault,
  type FakeOllama,
  type FaultPlan,
} from "../../src/entries/testing.ts";
import { writeClaudeExport } from "./claude-export.ts";
import { holdfast, newProject, sessionIdIn, start, type Finished } from "./holdfast.ts";
import { until } from "../until.ts";
import { variants } from "../variants.ts";

const SLOW_DOWN: Fault = {
  does: "respond",
  status: 429,
  body: { error: "too many concurrent requests" },
  headers: { "retry-after": "1" },
};

/** 30% transient faults, bursts of five 429 answers, and an outage halfway. */
function roughWeather({ items, outageMs }: { readonly items: number; readonly outageMs: number }): FaultPlan {
  const faults = randomFaults({ rate: 0.3, seed: 7 });
  return (call, body) => {
    if (call === Math.round(items / 2)) return { does: "outage", outageMs };
    if (call > 20 && call % 120 < 5) return SLOW_DOWN;
    return typeof faults === "function" ? faults(call, body) : undefined;
  };
}

interface Imported {
  readonly ran: Finished;
  readonly cwd: string;
}

function startImport(server: FakeOllama, count: number, flags: readonly string[]) {
  const cwd = newProject();
  const chats = writeClaudeExport(join(cwd, "chats"), count);
  const llm = ["--llm", "ollama:llama3.2", "--ollama-url", server.url];
  return { cwd, ...start(["import", chats, "--out", "notes", ...llm, ...flags], { cwd }) };
}

async function importChats(server: FakeOllama, count: number, flags: readonly string[]): Promise<Imported> {
  const { cwd, finished } = startImport(server, count, flags);
  return { ran: await finished, cwd };
}

interface Timeline {
  readonly events: readonly { readonly change: string; readonly at: string; readonly lane: string }[];
}

const timelineOf = ({ ran, cwd }: Imported): Timeline =>
  JSON.parse(readFileSync(join(cwd, ".holdfast/sessions", sessionIdIn(ran), "lanes.json"), "utf8"));

describe("a run through rough weather", () => {
  it("completes every item: none fails for a rate limit or an outage", { tags: "soak" }, async () => {
    const items = 200;
    await using server = await startFakeOllama({ faults: roughWeather({ items, outageMs: 3000 }) });
    const retry = ["--max-attempts", "10", "--min-wait", "0.01", "--max-wait", "0.2", "--concurrency", "8"];
    const imported = await importChats(server, items, retry);
    expect(imported.ran).toMatchObject({ code: 0, stdout: expect.stringContaining("200 items: 200 completed") });
    expect(imported.ran.stderr).toContain("ollama asks us to slow down; waiting 1.");
    expect(imported.ran.stderr).toContain("ollama cannot be reached; items wait and none of them fails");
    expect(imported.ran.stderr).toMatch(/ollama answers again, after [\d.]+ s/);
    const changes = new Set(timelineOf(imported).events.map(({ change }) => change));
    expect(changes).toEqual(new Set(["limit", "paused", "opened", "closed"]));
    expect(server.calls.length).toBeLessThan(2 * items);
  });
});

describe("an API that stays away", () => {
  it("ends the run after --max-outage with everything pending, and the run goes on when it is back", async () => {
    await using server = await startFakeOllama({
      faults: (call) => (call === 4 ? { does: "outage", outageMs: 600_000 } : undefined),
    });
    const imported = await importChats(server, 10, [
      "--concurrency",
      "1",
      "--max-outage",
      "3",
      "--min-wait",
      "0",
      "--max-wait",
      "0.05",
    ]);
    expect(imported.ran).toMatchObject({ code: 3, stdout: expect.stringContaining("3 completed, 7 pending") });
    expect(imported.ran.stdout).toContain("interrupted (ollama cannot be reached, for ");
    expect(imported.ran.stdout).not.toContain("failed");
    expect(timelineOf(imported).events.at(-1)).toMatchObject({ change: "gave_up", lane: "ollama" });
    await server.comeBack();
    const resumed = await holdfast(["resume", sessionIdIn(imported.ran)], { cwd: imported.cwd });
    expect(resumed).toMatchObject({ code: 0, stdout: expect.stringContaining("10 items: 10 completed") });
  });
});

describe("an item that kills the server for itself only", () => {
  variants([
    ["while others get through", 20, "8"],
    ["when it is the only one left", 1, "1"],
  ])("fails by its own attempts %s", async (_, items, concurrency) => {
    const kills = ({ messages }: { readonly messages?: readonly { readonly content: string }[] }): boolean =>
      (messages ?? []).some(({ content }) => content.includes("number 0 before"));
    await using server = await startFakeOllama({ faults: (_call, body) => (kills(body) ? "reset" : undefined) });
    const quick = ["--max-attempts", "8", "--min-wait", "0", "--max-wait", "0.05", "--concurrency", concurrency];
    const { ran } = await importChats(server, items, quick);
    expect(ran.code).toBe(items === 1 ? 5 : 4);
    expect(ran.stdout).toContain(items === 1 ? "1 item: 1 failed" : "20 items: 19 completed, 1 failed");
    expect(server.calls.filter(({ body }) => kills(body))).toHaveLength(8);
    expect(ran.stderr).not.toContain("cannot be reached");
  });
});

describe("--requests-per-minute", () => {
  it("makes no more calls in any minute, and the rest waits without an error", async () => {
    await using server = await startFakeOllama();
    const { child, finished } = startImport(server, 6, ["--requests-per-minute", "4"]);
    await until(() => server.calls.length === 4);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect(server.calls).toHaveLength(4);
    child.kill("SIGINT");
    expect(await finished).toMatchObject({ code: 130, stdout: expect.stringContaining("4 completed, 2 pending") });
  });
});

describe("--tokens-per-minute", () => {
  it("fails what can never fit, and says so", async () => {
    await using server = await startFakeOllama();
    const { ran } = await importChats(server, 2, ["--tokens-per-minute", "50"]);
    expect(ran.code).toBe(5);
    expect(ran.stdout).toMatch(
      /failed: 2 x extract_knowledge: The request is about \d+ tokens, but ollama allows only 50/,
    );
    expect(server.calls).toHaveLength(0);
  });
});
