import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { SourceItem } from "../../../core/pipeline/source.ts";
import type { Conversation } from "../../conversation.ts";
import { readChatGptExport } from "./index.ts";

const EXAMPLE = join(import.meta.dirname, "../../../../examples/chatgpt-export");

const items: SourceItem<Conversation>[] = [];

beforeAll(async () => {
  const source = readChatGptExport(EXAMPLE);
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
  it("holds four chats, each long enough for a note and without anything unknown", () => {
    expect(items).toHaveLength(4);
    expect(items.every(({ content }) => content.messages.length > 3)).toBe(true);
    expect(items.map(({ content }) => content.unknownBlocks)).toEqual([{}, {}, {}, {}]);
  });

  it("holds one with code that was run on a file, and what it printed", () => {
    const chat = titled("Hive weights from a CSV file");
    expect(chat.messages[0]?.attachments).toEqual([{ name: "hives.csv", mediaType: "text/csv", bytes: 1286 }]);
    expect(textOf(chat)).toContain("```python\nimport csv");
    expect(textOf(chat)).toContain("```text\nEast: 14 weighings");
    expect(textOf(chat), "what the person told about themselves stays out").not.toContain("keeps bees");
  });

  it("holds one with a document that was changed", () => {
    const { artifacts } = titled("Winter plan for the allotment");
    expect(artifacts).toMatchObject([{ title: "Allotment in winter", mediaType: "text/markdown" }]);
    expect(artifacts[0]?.text).toContain("- Stretch the netting over the pond.");
    expect(artifacts[0]?.text).toContain("Prune the apple and pear trees.");
  });

  it("holds one in Japanese", () => {
    expect(textOf(titled("味噌汁の出汁の取り方"))).toContain("昆布");
  });

  it("holds one with citations and an edited question", () => {
    const chat = titled("Why the glaze crawled");
    expect(textOf(chat)).toContain("([Potters' notebook](https://pottery.example.org/faults/crawling))");
    expect(textOf(chat)).not.toMatch(/[\uE200-\uE206]/);
    expect(items.filter(({ metadata }) => metadata?.["otherBranches"] === 1)).toHaveLength(1);
  });
});
