import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  definePipeline,
  fanOut,
  fanOutAgain,
  filterItem,
  sendToReview,
  type Sink,
  type Source,
} from "../core/pipeline/index.ts";
import { RunControl } from "../core/runner/index.ts";
import { resumeSession, retryFailed, runPipeline } from "./index.ts";
import { reportSession } from "./reports/session-report.ts";

const words = (...texts: readonly string[]): Source<string> => ({
  name: "read_words",
  version: 1,
  check: async () => [],
  async *read() {
    for (const text of texts) yield { kind: "item", itemId: text, sourcePath: "memory", content: text };
  },
});

const into = (written: string[]): Sink<unknown> => ({
  name: "keep",
  version: 1,
  check: async () => {},
  load: async (content) => {
    written.push(JSON.stringify(content));
    return { outputPath: "memory" };
  },
});

const newWorkspace = (): string => join(mkdtempSync(join(tmpdir(), "holdfast-fan-")), ".holdfast");

const letters = (text: string): ReturnType<typeof fanOut<string>> => fanOut([...text]);
const upper = (text: string): string => text.toUpperCase();

describe("fan-out and collect", () => {
  it("gives collect what each child put out, in order, and counts every item", async () => {
    const written: string[] = [];
    const pipeline = definePipeline("fan").phase("work", (phase) =>
      phase
        .extract(words("kelp", "sea"))
        .step("split", letters)
        .step("upper", upper)
        .collect("join", (parts) => parts.join("-"))
        .load(into(written)),
    );
    const { session } = await runPipeline(pipeline, { workspace: newWorkspace() });
    expect(written.toSorted()).toEqual(['"K-E-L-P"', '"S-E-A"']);
    expect(session).toMatchObject({ status: "completed", counts: { completed: 2 + 4 + 3, pending: 0 } });
  });

  it("goes two levels deep with a window of two and a hundred children: a waiting parent holds no slot", async () => {
    const written: string[] = [];
    let inFlight = 0;
    let most = 0;
    const pipeline = definePipeline("deep").phase("work", (phase) =>
      phase
        .extract(words("a", "b"))
        .step("outer", (text) => fanOut(Array.from({ length: 3 }, (_, n) => `${text}${n}`)))
        .step("inner", (text) => fanOut(Array.from({ length: 100 }, (_, n) => `${text}.${n}`)))
        .step("work", async (text) => {
          most = Math.max(most, (inFlight += 1));
          await new Promise((resolve) => setImmediate(resolve));
          inFlight -= 1;
          return text.length;
        })
        .collect("sum", (lengths) => lengths.reduce((sum, length) => sum + length, 0))
        .collect("total", (sums) => sums.length * 1000 + (sums[0] ?? 0))
        .load(into(written)),
    );
    const { session } = await runPipeline(pipeline, { workspace: newWorkspace(), window: 2 });
    expect(written).toEqual(["3490", "3490"]);
    expect(session.counts).toMatchObject({ completed: 2 + 6 + 600, pending: 0 });
    expect(most).toBeLessThanOrEqual(2);
  });

  it("keeps a parent pending while a child has failed, keeps the siblings' work, and collects after the retry", async () => {
    const written: string[] = [];
    const calls: string[] = [];
    let isDown = true;
    const pipeline = definePipeline("failing").phase("work", (phase) =>
      phase
        .extract(words("kelp", "sea"))
        .step("split", letters)
        .step("upper", (letter) => {
          calls.push(letter);
          if (isDown && letter === "l") throw new Error("no l");
          return letter.toUpperCase();
        })
        .collect("join", (parts) => parts.join(""))
        .load(into(written)),
    );
    const workspace = newWorkspace();
    const first = await runPipeline(pipeline, { workspace });
    expect(written).toEqual(['"SEA"']);
    expect(first.session).toMatchObject({ status: "partial", counts: { failed: 1, pending: 1, completed: 4 + 3 } });
    isDown = false;
    const second = await retryFailed(first.session.id, pipeline, { workspace });
    expect(second.session).toMatchObject({ status: "completed", counts: { failed: 0, pending: 0, completed: 9 } });
    expect(written).toEqual(['"SEA"', '"KELP"']);
    expect(calls.filter((letter) => letter !== "l")).toHaveLength(6);
  });

  it("collects again, and does nothing else again, when the collecting failed", async () => {
    const written: string[] = [];
    const calls: string[] = [];
    let isDown = true;
    const pipeline = definePipeline("collect").phase("work", (phase) =>
      phase
        .extract(words("ab"))
        .step("split", letters)
        .step("upper", (letter) => {
          calls.push(letter);
          return letter.toUpperCase();
        })
        .collect("join", (parts) => {
          if (isDown) throw new Error("not now");
          return parts.join("");
        })
        .load(into(written)),
    );
    const workspace = newWorkspace();
    const first = await runPipeline(pipeline, { workspace });
    expect(first.session.counts).toMatchObject({ failed: 1, completed: 2, pending: 0 });
    isDown = false;
    const second = await retryFailed(first.session.id, pipeline, { workspace });
    expect(second.session).toMatchObject({ status: "completed", counts: { completed: 3, failed: 0 } });
    expect(written).toEqual(['"AB"']);
    expect(calls).toEqual(["a", "b"]);
  });

  it("leaves out children that were filtered, and marks the parent for review when a child is", async () => {
    const written: string[] = [];
    const pipeline = definePipeline("mixed").phase("work", (phase) =>
      phase
        .extract(words("abc"))
        .step("split", letters)
        .step("judge", (letter) => {
          if (letter === "a") return filterItem("no a");
          return letter === "b" ? sendToReview("look at b", letter) : letter;
        })
        .collect("join", (parts) => parts.join(""))
        .load(into(written)),
    );
    const { session } = await runPipeline(pipeline, { workspace: newWorkspace() });
    expect(written).toEqual(['"bc"']);
    expect(session.counts).toMatchObject({ filtered: 1, completed: 2, review: 1 });
  });

  it("collects nothing from an empty fan-out, and an item that was never fanned out by itself", async () => {
    const written: string[] = [];
    const pipeline = definePipeline("edges").phase("work", (phase) =>
      phase
        .extract(words("none", "one"))
        .step("split", (text) => (text === "none" ? fanOut<string>([]) : text))
        .collect("join", (parts) => parts)
        .load(into(written)),
    );
    const { session } = await runPipeline(pipeline, { workspace: newWorkspace() });
    expect(written.toSorted()).toEqual(['["one"]', "[]"]);
    expect(session.counts).toMatchObject({ completed: 2, pending: 0 });
  });

  it("lets children go on for themselves when no collect follows", async () => {
    const written: string[] = [];
    const pipeline = definePipeline("spread").phase("work", (phase) =>
      phase.extract(words("abc")).step("split", letters).step("upper", upper).load(into(written)),
    );
    const { session } = await runPipeline(pipeline, { workspace: newWorkspace() });
    expect(written.toSorted()).toEqual(['"A"', '"B"', '"C"']);
    expect(session.counts.completed).toBe(4);
  });

  it("lets children begin at the step that made them: work that is too large is cut until it fits", async () => {
    const written: string[] = [];
    const calls: string[] = [];
    const halves = (text: string): readonly string[] => [text.slice(0, text.length / 2), text.slice(text.length / 2)];
    const pipeline = definePipeline("cut").phase("work", (phase) =>
      phase
        .extract(words("ab", "abcd", "abcdefgh"))
        .step("upper", (text) => {
          calls.push(text);
          return text.length > 2 ? fanOutAgain(halves(text)) : text.toUpperCase();
        })
        .collect("inner", (parts) => parts.join("+"))
        .collect("outer", (parts) => parts.join("|"))
        .load(into(written)),
    );
    const { session } = await runPipeline(pipeline, { workspace: newWorkspace(), window: 2 });
    expect(written.toSorted()).toEqual(['"AB"', '"AB|CD"', '"AB+CD|EF+GH"'].toSorted());
    expect(session).toMatchObject({ status: "completed", counts: { completed: 3 + 2 + 2 + 4, pending: 0 } });
    expect(calls.toSorted()).toEqual(["ab", "ab", "ab", "abcd", "abcd", "abcdefgh", "cd", "cd", "ef", "efgh", "gh"]);
  });

  it("refuses a fan-out deeper than the collects that follow, and children with one id", async () => {
    const tooDeep = definePipeline("deep").phase("work", (phase) =>
      phase
        .extract(words("ab"))
        .step("one", letters)
        .step("two", letters)
        .collect("join", (parts) => parts)
        .load(into([])),
    );
    const workspace = newWorkspace();
    const deep = await runPipeline(tooDeep, { workspace });
    const { failed } = await reportSession(workspace, deep.session.id);
    expect(failed[0]?.failure).toMatchObject({
      kind: "bug",
      message: expect.stringContaining("Add a collect step for each level"),
    });

    const twice = definePipeline("twice").phase("work", (phase) =>
      phase
        .extract(words("aa"))
        .step("split", (text) => fanOut([...text], { id: (letter) => letter }))
        .load(into([])),
    );
    const same = await runPipeline(twice, { workspace });
    const report = await reportSession(workspace, same.session.id);
    expect(report.failed[0]?.failure?.message).toContain('two children the id "a"');
  });

  it("goes on after a stop in the middle of a fan-out without doing a child twice", async () => {
    const written: string[] = [];
    const calls: string[] = [];
    const control = new RunControl();
    const pipeline = definePipeline("stopped").phase("work", (phase) =>
      phase
        .extract(words("abcdefghij", "klmnopqrst"))
        .step("split", letters)
        .step("upper", (letter) => {
          calls.push(letter);
          if (calls.length === 7) control.stop({ kind: "user", message: "enough" });
          return letter.toUpperCase();
        })
        .collect("join", (parts) => parts.join(""))
        .load(into(written)),
    );
    const workspace = newWorkspace();
    const first = await runPipeline(pipeline, { workspace, window: 2, control });
    expect(first.session.status).toBe("interrupted");
    const second = await resumeSession(first.session.id, pipeline, { workspace, window: 2 });
    expect(second.session).toMatchObject({ status: "completed", counts: { completed: 22 } });
    expect(calls).toHaveLength(20);
    expect(written.toSorted()).toEqual(['"ABCDEFGHIJ"', '"KLMNOPQRST"']);
  });

  it("collects again when a completed child is tried again", async () => {
    const written: string[] = [];
    let sign = "!";
    const pipeline = definePipeline("again").phase("work", (phase) =>
      phase
        .extract(words("ab"))
        .step("split", letters)
        .step("mark", (letter) => letter + sign)
        .collect("join", (parts) => parts.join(""))
        .load(into(written)),
    );
    const workspace = newWorkspace();
    const { session } = await runPipeline(pipeline, { workspace });
    sign = "?";
    const again = await retryFailed(session.id, pipeline, { workspace, query: { itemIds: ["ab/1"] } });
    expect(again).toMatchObject({
      reopened: 1,
      session: { status: "completed", counts: { completed: 3, pending: 0 } },
    });
    expect(written).toEqual(['"a!b!"', '"a?b!"']);
  });

  it("fans out anew when the parent is tried again", async () => {
    const written: string[] = [];
    let suffix = "";
    const pipeline = definePipeline("anew").phase("work", (phase) =>
      phase
        .extract(words("ab"))
        .step("split", (text) => fanOut([...(text + suffix)]))
        .step("upper", upper)
        .collect("join", (parts) => parts.join(""))
        .load(into(written)),
    );
    const workspace = newWorkspace();
    const { session } = await runPipeline(pipeline, { workspace });
    suffix = "c";
    const again = await retryFailed(session.id, pipeline, { workspace, query: { itemIds: ["ab"] } });
    expect(written).toEqual(['"AB"', '"ABC"']);
    expect(again.session).toMatchObject({ status: "completed", counts: { completed: 4, skipped: 2, pending: 0 } });
  });
});
