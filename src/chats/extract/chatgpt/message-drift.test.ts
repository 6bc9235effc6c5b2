import { describe, expect, it } from "vitest";
import type { DriftSign } from "../drift.ts";
import type { NodeReading } from "../message-tree/index.ts";
import { type DrawnMessage, message } from "./fixtures/build.ts";
import { readMessage } from "./message.ts";

const read = (drawn: DrawnMessage): NodeReading => readRaw(message(drawn));
const readRaw = (message: unknown): NodeReading => readMessage({ id: "n0", message, documentId: undefined });
const names = (drift: readonly DriftSign[]): string[] => drift.map(({ kind, name }) => `${kind} ${name}`);

const assistant = (fields: DrawnMessage): DrawnMessage => ({ role: "assistant", ...fields });
const parts = (...parts: unknown[]) => ({ content_type: "multimodal_text", parts });

describe("what nobody knows is counted, and its text is kept", () => {
  it.each<[string, unknown, string, string]>([
    ["parts", { content_type: "hologram", parts: ["Look."] }, "hologram", "Look."],
    ["text", { content_type: "hologram", text: "Look." }, "hologram", "Look."],
    ["result", { content_type: "hologram", result: "Look." }, "hologram", "Look."],
    ["no text", { content_type: "hologram", data: 7 }, "hologram", ""],
    ["no type", { parts: ["Look."] }, "(missing)", "Look."],
    ["a type that is a text of the chat", { content_type: "Look at my tea", text: "Look." }, "(not a name)", "Look."],
    ["a type that is named like a method", { content_type: "constructor", text: "Look." }, "constructor", "Look."],
  ])("content with %s", (_name, content, type, text) => {
    const reading = read(assistant({ content }));
    expect(reading.message?.text ?? "").toBe(text);
    expect(names(reading.drift)).toEqual([`contentType ${type}`]);
  });

  it("parts of a content", () => {
    const { message, drift } = read({
      content: parts("A", { content_type: "smell", text: "B" }, 7, null, { text: "C" }),
    });
    expect(message?.text).toBe("A\n\nB\n\nC");
    expect(names(drift)).toEqual(["contentType smell", "contentType (number)", "contentType (missing)"]);
  });

  it("roles and recipients", () => {
    const roleless = read({ role: "critic", text: "Bitter." });
    expect(roleless.message).toMatchObject({ role: "assistant", text: "Bitter." });
    expect(names(roleless.drift)).toEqual(["role critic"]);
    expect(names(read(assistant({ recipient: "kettle.boil", text: "{}" })).drift)).toEqual(["recipient kettle.boil"]);
    expect(names(readRaw({ content: { content_type: "text", parts: ["Hi"] } }).drift)).toEqual(["role (missing)"]);
  });

  it("fields of a wrong type, by their names", () => {
    const fields = { create_time: true, metadata: "x", weight: "1", recipient: 7 };
    const { message, drift } = read({ text: "Hi", fields });
    expect(message).toMatchObject({ text: "Hi" });
    expect(names(drift)).toEqual([
      "field message.create_time is a boolean",
      "field message.weight is a string",
      "field message.metadata is a string",
      "field message.recipient is a number",
    ]);
  });

  it("content that is a bare text", () => {
    const { message, drift } = readRaw({ author: { role: "user" }, content: "Hi" });
    expect(message?.text).toBe("Hi");
    expect(names(drift)).toEqual(["field message.content is a string", "contentType (missing)"]);
  });

  it.each<[unknown, string[]]>([
    [null, []],
    [undefined, []],
    ["a text", ["contentType (not a message)"]],
    [[], ["contentType (not a message)"]],
  ])("a message that is %j", (raw, drift) => {
    expect(names(readRaw(raw).drift)).toEqual(drift);
  });
});
