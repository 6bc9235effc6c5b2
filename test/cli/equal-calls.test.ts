import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import { once } from "node:events";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { holdfast, newProject, sessionIdIn, start, type Started } from "./holdfast.ts";
import { until } from "../until.ts";

const ITEMS = 60;

/** Each item of each session asks for its own number; a step with a cache pays for the answer. */
const PIPELINE = `
import { appendFileSync } from "node:fs";
import { definePipeline, defineStep } from "holdfast";
const source = {
  name: "list", version: 1, check: async () => [],
  async *read() { for (let n = 0; n < ${ITEMS}; n += 1) yield { kind: "item", itemId: "i" + n, sourcePath: "list", content: n }; },
};
const sink = { name: "out", version: 1, check: async () => {}, load: async (content, { itemId }) => {
  appendFileSync("out.txt", itemId + ": " + content + "\\n");
  return { outputPath: itemId };
} };
const pay = defineStep({
  name: "pay", cache: true,
  process: async (n, { signal }) => (await fetch(process.env.API + "/" + n, { signal })).text(),
});
export default definePipeline("equal").phase("p", (phase) => phase.extract(source).transform(pay).load(sink));
`;

/** An API that counts its calls, and answers when it is told to. */
async function startApi() {
  const waiting: { readonly asked: string; readonly response: ServerResponse }[] = [];
  const asked: string[] = [];
  let isOpen = false;
  const answer = ({ asked: what, response }: (typeof waiting)[number]): unknown => response.end(`answer ${what}`);
  const server = createServer(({ url = "" }, response) => {
    asked.push(url);
    if (isOpen) answer({ asked: url, response });
    else waiting.push({ asked: url, response });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return {
    url: typeof address === "object" && address ? `http://127.0.0.1:${address.port}` : "",
    asked,
    answerAll() {
      isOpen = true;
      for (const call of waiting.splice(0)) answer(call);
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** The items of a session that wait for another one, by what its process says about itself. */
function countWaiting(cwd: string, id: string): number {
  const file = join(cwd, ".holdfast", "sessions", id, "in-flight.json");
  return existsSync(file) ? readFileSync(file, "utf8").split("an equal call of another session").length - 1 : 0;
}

async function idOf({ said }: Started): Promise<string> {
  await until(() => /Session \d/.test(said()));
  return sessionIdIn({ code: null, stdout: "", stderr: said() });
}

describe("two sessions of a workspace that ask the same at once", () => {
  it("pay once: the second one waits, says so, and gets the answers", async () => {
    await using api = await startApi();
    const cwd = newProject();
    writeFileSync(join(cwd, "equal.mjs"), PIPELINE);
    const options = { cwd, env: { API: api.url } };
    const first = start(["run", "equal.mjs", "--window", String(ITEMS)], options);
    await until(() => api.asked.length === ITEMS);
    const second = start(["run", "equal.mjs", "--window", String(ITEMS)], options);
    const id = await idOf(second);
    await until(() => countWaiting(cwd, id) === ITEMS);
    const status = await holdfast(["status", id], options);
    expect(status.stdout).toContain("waits for an equal call of another session");
    api.answerAll();
    for (const { code, stdout } of await Promise.all([first.finished, second.finished])) {
      expect(code).toBe(0);
      expect(stdout).toContain(`${ITEMS} completed`);
    }
    expect(new Set(api.asked).size).toBe(ITEMS);
    expect(api.asked).toHaveLength(ITEMS);
    const lines = readFileSync(join(cwd, "out.txt"), "utf8").trim().split("\n");
    const wanted = Array.from({ length: ITEMS }, (_, n) => `i${n}: answer /${n}`);
    expect(lines.toSorted()).toEqual([...wanted, ...wanted].toSorted());
  });

  it(
    "pay again for what a session had in flight that was killed, once, and its resume gets the answers",
    { tags: "soak" },
    async () => {
      await using api = await startApi();
      const cwd = newProject();
      writeFileSync(join(cwd, "equal.mjs"), PIPELINE);
      const options = { cwd, env: { API: api.url } };
      const first = start(["run", "equal.mjs", "--window", String(ITEMS)], options);
      const killed = await idOf(first);
      await until(() => api.asked.length === ITEMS);
      const second = start(["run", "equal.mjs", "--window", String(ITEMS)], options);
      const id = await idOf(second);
      await until(() => countWaiting(cwd, id) === ITEMS);
      first.child.kill("SIGKILL");
      await first.finished;
      await until(() => api.asked.length === ITEMS * 2);
      const resumed = start(["resume", killed, "--window", String(ITEMS)], options);
      await until(() => countWaiting(cwd, killed) === ITEMS);
      api.answerAll();
      expect(await second.finished).toMatchObject({ code: 0, stdout: expect.stringContaining(`${ITEMS} completed`) });
      expect(await resumed.finished).toMatchObject({ code: 0, stdout: expect.stringContaining(`${ITEMS} completed`) });
      expect(api.asked).toHaveLength(ITEMS * 2);
    },
  );
});
