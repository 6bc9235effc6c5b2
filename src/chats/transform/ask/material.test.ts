import { describe, expect, it } from "vitest";
import { conversationWith, message } from "../fixtures/conversation.ts";
import { materialOf } from "./material.ts";

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
