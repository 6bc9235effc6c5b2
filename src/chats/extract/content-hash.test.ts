import { describe, expect, it } from "vitest";
import { type HashedFields, contentHash } from "./content-hash.ts";

const CHAT: HashedFields = {
  provider: "claude",
  id: "1",
  title: "Tea",
  messages: [{ role: "user", text: "How hot?", attachments: [{ name: "a.txt", text: "x" }] }],
  artifacts: [{ id: "t", title: "Timer", text: "180 s" }],
  unknownBlocks: { sound: 1, smell: 2 },
};

describe("the content hash", () => {
  it("is the same for the same content, in whatever order its fields were set", () => {
    const reversed = Object.fromEntries(Object.entries(CHAT).reverse()) as typeof CHAT;
    expect(contentHash({ ...reversed, unknownBlocks: { smell: 2, sound: 1 } })).toBe(contentHash(CHAT));
    expect(contentHash(CHAT)).toMatch(/^[0-9a-f]{64}$/);
  });

  it("does not see when the chat was last opened", () => {
    const opened = { ...CHAT, updatedAt: "2026-01-01T00:00:00.000Z", url: "https://claude.ai/chat/1" };
    expect(contentHash(opened)).toBe(contentHash(CHAT));
  });

  it.each<Partial<HashedFields>>([
    { id: "2" },
    { title: "Coffee" },
    { createdAt: "2026-01-01T00:00:00.000Z" },
    { messages: [...CHAT.messages, { role: "assistant", text: "80 °C", attachments: [] }] },
    { artifacts: [{ id: "t", title: "Timer", text: "181 s" }] },
    { unknownBlocks: {} },
  ])("changes with %o", (change) => {
    expect(contentHash({ ...CHAT, ...change })).not.toBe(contentHash(CHAT));
  });
});
