import { stat } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { SourceItem } from "../../../core/pipeline/source.ts";
import type { Conversation } from "../../conversation.ts";
import { readClaudeExport } from "./index.ts";

const EXAMPLE = join(import.meta.dirname, "../../../../examples/claude-export");

const items: SourceItem<Conversation>[] = [];

beforeAll(async () => {
  const source = readClaudeExport(EXAMPLE);
  const signal = AbortSignal.any([]);
  await source.check({ signal });
  for await (const record of source.read({ signal })) {
    if (record.kind === "item") items.push(record);
    else expect(record.kind, "nothing in it is broken or skipped").toBe("total");
  }
});

const titled = (title: string): Conversation => {
  const found = items.find(({ content }) => content.title === title);
  if (!found) throw new Error(`no chat named ${title}`);
  return found.content;
};

const textOf = ({ messages }: Conversation): string => messages.map(({ text }) => text).join("\n");

describe("the example export", () => {
  it("holds at least 12 conversations in less than 200 kB", async () => {
    expect(items.length).toBeGreaterThanOrEqual(12);
    expect((await stat(`${EXAMPLE}/conversations.json`)).size).toBeLessThan(200_000);
  });

  it("holds an empty conversation, a very short one and a very long one", () => {
    const lengths = items.map(({ content }) => content.messages.length);
    expect(lengths).toContain(0);
    expect(lengths).toContain(1);
    expect(Math.max(...items.map(({ content }) => textOf(content).length))).toBeGreaterThan(55_000);
  });

  it("holds two with one title, an untitled one and a title that no file could have", () => {
    const titles = items.map(({ content }) => content.title);
    expect(titles.filter((title) => title === "Weekly review")).toHaveLength(2);
    expect(items.some(({ content }) => content.title === "" && content.messages.length > 3)).toBe(true);
    expect(titles).toContain('What\'s the "best" way: A/B?');
  });

  it("holds two in Japanese", () => {
    expect(items.filter(({ content }) => /[ぁ-ん]{3}/.test(textOf(content)))).toHaveLength(2);
  });

  it("holds a script that was written once and changed twice", () => {
    const [script] = titled("Script to import supplier CSV files").artifacts;
    expect(script).toMatchObject({ title: "import_prices.py", language: "python" });
    expect(script?.text).toContain('NUMBER_COLUMNS = ("sku", "article number")');
    expect(script?.text).toContain('"sku": sku(row)');
  });

  it("holds an older chat with a document in its text", () => {
    const chat = titled("A template for decision records");
    expect(chat.artifacts[0]?.title).toBe("Decision record template");
    expect(textOf(chat)).not.toMatch(/<ant/);
  });

  it("holds an attachment with its text, and a file of which there is only a name", () => {
    const [question] = titled("Reading an nginx error log after a night of 502s").messages;
    expect(question?.attachments.map(({ name, text }) => [name, text?.slice(0, 10)])).toEqual([
      ["error.log", "2025/04/07"],
      ["dashboard.png", undefined],
    ]);
  });

  it("holds a search with its result", () => {
    expect(textOf(titled("Is SQLite in WAL mode safe on a network drive?"))).toContain(
      "[web_search gave: Write-Ahead Logging; ",
    );
  });

  it("holds thoughts that are left out, and a block of a type that nobody knows", () => {
    expect(textOf(titled("Finding a memory leak in a Node service"))).not.toContain("The person cannot attach");
    const studio = titled("Desk layout for a small studio");
    expect(studio.unknownBlocks).toEqual({ floor_plan: 1 });
    expect(textOf(studio)).toContain("Plan: desk 160 x 70 cm");
  });

  it("holds a chat in which an answer was asked for again", () => {
    expect(items.filter(({ metadata }) => metadata?.["otherBranches"] === 1)).toHaveLength(1);
  });

  it("never shows the sentence for blocks that could not be shown", () => {
    expect(items.map(({ content }) => textOf(content)).join("\n")).not.toContain("This block is not supported");
  });
});
