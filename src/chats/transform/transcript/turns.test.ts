import { describe, expect, it } from "vitest";
import { conversationWith, message } from "../fixtures/conversation.ts";
import type { Conversation } from "../../conversation.ts";
import { factsOf, renderTurns, turnsOf } from "./turns.ts";

const CHAT = conversationWith({
  title: "Kelp",
  messages: [
    message("system", "You are a diver."),
    message("user", "What is in this file?", {
      attachments: [{ name: "kelp.txt", text: "Kelp holds.\n" }, { name: "rock.png" }],
    }),
    message("tool", "ok"),
    message("assistant", "A sentence about kelp."),
    message("assistant", "  "),
  ],
  artifacts: [{ id: "a", title: "Report", text: "Kelp holds fast." }],
});

const render = (conversation: Conversation): string =>
  [factsOf(conversation), renderTurns(turnsOf(conversation))].filter((part) => part !== "").join("\n\n");

describe("a conversation as a model reads it", () => {
  it("shows who said what, with attached text and written documents, and without the system's words", () => {
    expect(render(CHAT)).toBe(
      `Title: Kelp
Date: 2026-01-19

[User]
What is in this file?

[Attached: kelp.txt]
Kelp holds.

[Attached: rock.png]

[Tool]
ok

[Assistant]
A sentence about kelp.

[Document: Report]
Kelp holds fast.`,
    );
  });

  it("cuts a long name between characters as a reader sees them", () => {
    const chat = conversationWith({
      messages: [message("user", "See.", { attachments: [{ name: `ab${"👩‍🚀".repeat(121)}` }] })],
    });
    expect(turnsOf(chat)[1]?.heading).toBe(`Attached: ab${"👩‍🚀".repeat(23)}`);
  });

  it("leaves out what is not known", () => {
    const { createdAt: _, ...undated } = conversationWith({ title: "", messages: [message("user", "Hello")] });
    expect(render(undated)).toBe("[User]\nHello");
  });

  it("tells what a long or coded document is, in place of all of it", () => {
    const artifacts = [
      { id: "a", title: "Essay", text: "Kelp holds. ".repeat(300) },
      { id: "b", title: "Script", language: "python", text: "import os\nprint(os)" },
      { id: "c", title: "Guide", mediaType: "text/markdown", text: "Run:\n\n```sh\nls\n```\n\nDone." },
    ];
    const [essay, script, guide] = turnsOf({ messages: [], artifacts });
    expect(essay?.text).toHaveLength(2_000 + "\n(the document goes on)".length);
    expect(script).toEqual({ heading: "Document: Script", text: "(python, 2 lines)" });
    expect(guide?.text).toBe("Run:\n\n(code)\n\nDone.");
  });
});
