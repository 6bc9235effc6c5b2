import { describe, expect, it } from "vitest";
import { imagesOfMessage, mediaTypeOf, textOfMessage, type Message } from "./messages.ts";

const bytes = (...values: readonly number[]): Uint8Array => new Uint8Array(values);

describe("the media type of an image", () => {
  it.each([
    ["image/png", bytes(0x89, 0x50, 0x4e, 0x47, 0x0d)],
    ["image/jpeg", bytes(0xff, 0xd8, 0xff, 0xe0)],
    ["image/gif", bytes(0x47, 0x49, 0x46, 0x38, 0x39)],
    ["image/webp", bytes(0x52, 0x49, 0x46, 0x46, 0, 0, 0, 0, 0x57, 0x45, 0x42, 0x50)],
    [undefined, bytes(1, 2, 3)],
    [undefined, bytes()],
  ])("is %s by its first bytes", (mediaType, image) => {
    expect(mediaTypeOf({ type: "image", image })).toBe(mediaType);
  });

  it("is what is said", () => {
    expect(mediaTypeOf({ type: "image", image: bytes(1), mediaType: "image/avif" })).toBe("image/avif");
  });
});

describe("a message", () => {
  const message: Message = {
    role: "user",
    content: [
      { type: "text", text: "one" },
      { type: "image", image: "https://example.com/a.png" },
      { type: "text", text: "two" },
    ],
  };

  it("has a text and images", () => {
    expect(textOfMessage(message)).toBe("one\ntwo");
    expect(imagesOfMessage(message)).toHaveLength(1);
    expect([
      textOfMessage({ role: "user", content: "one" }),
      imagesOfMessage({ role: "user", content: "one" }),
    ]).toEqual(["one", []]);
  });
});
