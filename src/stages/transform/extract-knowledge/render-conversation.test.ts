import { describe, expect, it } from "vitest";
import { conversationWith, message } from "../fixtures/conversation.ts";
import { materialOf } from "./material.ts";
import { renderConversation } from "./render-conversation.ts";

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

describe("renderConversation", () => {
  it("shows who said what, with attached text and written documents, and without the system's words", () => {
    expect(renderConversation(CHAT)).toBe(
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

  it("leaves out what is not known", () => {
    const { createdAt: _, ...undated } = conversationWith({ title: "", messages: [message("user", "Hello")] });
    expect(renderConversation(undated)).toBe("[User]\nHello");
  });
});

describe("materialOf", () => {
  it("has attached text before the message it came with, and documents last, each under its own role", () => {
    expect(materialOf(CHAT)).toEqual({
      title: "Kelp",
      messages: [
        { role: "attachment", text: "Kelp holds.\n" },
        { role: "user", text: "What is in this file?" },
        { role: "tool", text: "ok" },
        { role: "assistant", text: "A sentence about kelp." },
        { role: "artifact", text: "Kelp holds fast." },
      ],
    });
  });
});
