import { describe, expect, it } from "vitest";
import { serverEvents } from "./server-events.ts";

async function* piecesOf(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const read = (text: string, { size = 1_000, maxEventLength = 1_000 } = {}): Promise<string[]> =>
  Array.fromAsync(serverEvents(piecesOf(text, size), { onText: () => undefined, maxEventLength }));

describe("serverEvents", () => {
  it.each([
    ["an event", "data: a\n\n", ["a"]],
    ["line breaks of Windows", "data: a\r\n\r\ndata: b\r\n\r\n", ["a", "b"]],
    ["data on two lines", 'data: {"a":\ndata: 1}\n\n', ['{"a":\n1}']],
    ["comments and names", ': kept open\n\nevent: chunk\nid: 1\ndata: {"a":1}\n\n', ['{"a":1}']],
    ["past a ping", "event: ping\ndata: ping\n\ndata: a\n\nevent: message\ndata: b\n\n", ["a", "b"]],
    ["no space behind the colon", "data:a\n\n", ["a"]],
    ["a last event without an empty line", "data: a\n\ndata: b", ["a", "b"]],
    ["an error in a field of its own", 'data: a\n\nerror: {"code": 500}\n\n', ["a", '{"code": 500}']],
    [
      "an error first, and the word elsewhere",
      "error: b\r\n\r\ndata: error: c\n\ndata: er\n\n",
      ["b", "error: c", "er"],
    ],
    ["an error last", "data: a\n\nerror: b", ["a", "b"]],
    ["nothing", "", []],
  ])("reads %s, wherever it is cut", async (_what, text, events) => {
    for (const size of [1, 2, 3, 1_000]) expect(await read(text, { size })).toEqual(events);
  });

  it("puts characters together that are cut at any byte", async () => {
    expect(await read("data: 猫 👩‍💻\n\n", { size: 1 })).toEqual(["猫 👩‍💻"]);
  });

  it.each([
    ["a line", `data: ${"a".repeat(5_000)}`],
    ["an event", "data: a\n".repeat(2_000)],
    ["a comment", `: ${"a".repeat(5_000)}`],
    ["comments", ": a\n".repeat(2_000)],
    ["an id", "id: 1\n".repeat(2_000)],
  ])("gives up on %s without end, with what is before it", async (_what, text) => {
    const events: string[] = [];
    const reading = (async () => {
      for await (const data of serverEvents(piecesOf(`data: kelp\n\n${text}`, 100), {
        onText: () => undefined,
        maxEventLength: 1_000,
      }))
        events.push(data);
    })();
    await expect(reading).rejects.toMatchObject({ name: "StepError", kind: "transient" });
    expect(events).toEqual(["kelp"]);
  });
});
