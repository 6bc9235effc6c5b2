import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { holdfast, newProject, sessionIdIn } from "./holdfast.ts";

/** Steps that note their calls. `a` fails for i1 and `c` for i2, unless they are mended. */
const pipelineText = (steps: readonly string[], failing: readonly string[]): string => `
import { appendFileSync } from "node:fs";
import { definePipeline, StepError } from "holdfast";
const failing = ${JSON.stringify(failing)};
const call = (step) => (text, { itemId }) => {
  appendFileSync("calls.txt", step + " " + itemId + "\\n");
  if (failing.includes(step + " " + itemId)) throw new StepError("input", "no");
  return text + step;
};
export default definePipeline("changed").phase("work", (phase) => {
  let flow = phase.extract({
    name: "list", version: 1, check: async () => [],
    async *read() { for (const itemId of ["i1", "i2"]) yield { kind: "item", itemId, sourcePath: "here", content: "" }; },
  });
  for (const step of ${JSON.stringify(steps)}) flow = flow.step(step, call(step));
  return flow.load({ name: "keep", version: 1, check: async () => {}, load: async () => ({ outputPath: "nowhere" }) });
});
`;

it("a retry of a changed pipeline calls the step that failed, and names the items that it leaves", async () => {
  const cwd = newProject();
  const write = (steps: string, ...failing: readonly string[]): void =>
    writeFileSync(join(cwd, "changed.ts"), pipelineText(steps.split(" "), failing));
  const calls = (): string => readFileSync(join(cwd, "calls.txt"), "utf8").trim().split("\n").join(", ");
  write("a b c", "a i1", "c i2");
  const id = sessionIdIn(await holdfast(["run", "changed.ts"], { cwd }));

  write("a c");
  writeFileSync(join(cwd, "calls.txt"), "");
  const plain = await holdfast(["retry", id], { cwd });
  expect(plain).toMatchObject({ code: 1, stderr: expect.stringContaining("--force") });
  expect(plain.stderr).not.toContain("Trying");
  const some = await holdfast(["retry", id, "--force", "--json"], { cwd });
  expect(calls()).toBe("a i1, c i1");
  // What is left alone is not said to be tried.
  expect(some.stderr).toContain("Trying 1 item again.");
  expect(some).toMatchObject({ code: 4, stderr: expect.stringContaining("1 item stayed failed") });
  expect(JSON.parse(some.stdout)).toMatchObject({
    session: { counts: { completed: 1, failed: 1 } },
    refused: [{ itemId: "i2" }],
  });
  const none = await holdfast(["retry", id, "--force"], { cwd });
  expect(none).toMatchObject({ code: 1, stderr: expect.stringContaining('it has finished "b"') });
  expect(none.stderr).toContain("Nothing was changed");

  write("a n b c");
  writeFileSync(join(cwd, "calls.txt"), "");
  const all = await holdfast(["retry", id, "--force"], { cwd });
  expect(all).toMatchObject({ code: 0, stdout: expect.stringContaining("2 items: 2 completed") });
  expect(calls()).toBe("c i2");
});
