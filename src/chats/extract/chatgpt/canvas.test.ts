import { describe, expect, it } from "vitest";
import type { Fields } from "../../../stages/extract/input/json-fields.ts";
import { parseChatGptConversation } from "./conversation.ts";
import { type DrawnMessage, CHAT_ID, chain, conversation } from "./fixtures/build.ts";

const parse = (fields: Fields) => parseChatGptConversation(fields, CHAT_ID);
const texts = (fields: Fields): string[] => parse(fields).conversation.messages.map(({ text }) => text);

const question = (text: string): DrawnMessage => ({ text });
const answer = (text: string): DrawnMessage => ({ role: "assistant", text });

describe("Canvas documents", () => {
  const call = (name: string, json: object): DrawnMessage => ({
    role: "assistant",
    recipient: `canmore.${name}`,
    text: JSON.stringify(json),
  });
  const reply = (textdoc_id: string): DrawnMessage => ({
    role: "tool",
    name: "canmore.create_textdoc",
    text: "Successfully created",
    metadata: { canvas: { textdoc_id, version: 1 } },
  });
  const create = call("create_textdoc", { name: "Tea", type: "document", content: "# Tea\n\nHeat to 90 °C." });
  const update = (pattern: string, replacement: string, fields: object = {}) =>
    call("update_textdoc", { updates: [{ pattern, multiple: false, replacement }], ...fields });
  const artifacts = (...drawn: DrawnMessage[]) => parse(conversation(chain(drawn))).conversation.artifacts;

  it("are kept in their last version, and leave a line where they were written", () => {
    const fields = conversation(
      chain([
        question("Write."),
        create,
        reply("doc1"),
        answer("Done."),
        question("80!"),
        update("90", "80"),
        reply("doc1"),
      ]),
    );
    expect(parse(fields).conversation.artifacts).toEqual([
      { id: "doc1", title: "Tea", mediaType: "text/markdown", text: "# Tea\n\nHeat to 80 °C." },
    ]);
    expect(texts(fields)).toEqual(["Write.", "[document: Tea]", "Done.", "80!", "[document updated]"]);
  });

  it("are told apart by the id in the tool's reply", () => {
    const code = call("create_textdoc", { name: "timer.py", type: "code/python", content: "wait(90)" });
    expect(artifacts(create, reply("doc1"), code, reply("doc2"), update("90", "80"), reply("doc1"))).toMatchObject([
      { id: "doc1", text: "# Tea\n\nHeat to 80 °C." },
      { id: "doc2", title: "timer.py", language: "python", text: "wait(90)" },
    ]);
  });

  it("without a reply: a change is for the one that was written last", () => {
    const other = call("create_textdoc", { name: "Tea", type: "document", content: "90" });
    expect(artifacts(create, other, update("90", "80")).map(({ text }) => text)).toEqual([
      "# Tea\n\nHeat to 90 °C.",
      "80",
    ]);
    expect(artifacts(create, update("90", "80", { textdoc_id: "lost" })).map(({ text }) => text)).toEqual([
      "# Tea\n\nHeat to 80 °C.",
    ]);
  });

  it("that were rewritten have the new text", () => {
    expect(artifacts(create, update(".*", "Cold.")).map(({ text }) => text)).toEqual(["Cold."]);
  });

  it("show what was said beside them", () => {
    const comments = call("comment_textdoc", {
      comments: [{ pattern: "90", comment: "Too hot." }, { comment: "Good." }, 7],
    });
    expect(texts(conversation(chain([comments])))).toEqual(["[comments on the document: Too hot.; Good.]"]);
  });

  it("that were cut off while they were written stay as text", () => {
    const cut: DrawnMessage = {
      role: "assistant",
      recipient: "canmore.create_textdoc",
      text: '{"name":"Tea","content":"# T',
    };
    expect(texts(conversation(chain([cut])))).toEqual(['{"name":"Tea","content":"# T']);
  });

  it("in the form of code are read too", () => {
    const content = {
      content_type: "code",
      language: "json",
      text: '{"name":"Tea","type":"document","content":"hot"}',
    };
    expect(artifacts({ role: "assistant", recipient: "canmore.create_textdoc", content })).toMatchObject([
      { title: "Tea", text: "hot" },
    ]);
  });
});
