/** A piece of a message: a text, or an image. */
export type MessagePart = TextPart | ImagePart;

/** A text in a message. */
export interface TextPart {
  readonly type: "text";
  readonly text: string;
}

/** An image in a message. */
export interface ImagePart {
  readonly type: "image";
  /** Its bytes, or its address (`https:`) for APIs that fetch it themselves. */
  readonly image: Uint8Array | string;
  /** @default what its first bytes say: PNG, JPEG, GIF or WebP */
  readonly mediaType?: string;
}

/** One message of a conversation with a model. */
export interface Message {
  readonly role: "system" | "user" | "assistant";
  readonly content: string | readonly MessagePart[];
}

/** The text of a message, without its images. */
export const textOfMessage = ({ content }: Message): string =>
  typeof content === "string"
    ? content
    : content.flatMap((part) => (part.type === "text" ? [part.text] : [])).join("\n");

/** The images of a message. */
export const imagesOfMessage = ({ content }: Message): readonly ImagePart[] =>
  typeof content === "string" ? [] : content.filter((part) => part.type === "image");

/** How images begin. */
const SIGNATURES: readonly { readonly mediaType: string; readonly at: number; readonly bytes: readonly number[] }[] = [
  { mediaType: "image/png", at: 0, bytes: [0x89, 0x50, 0x4e, 0x47] },
  { mediaType: "image/jpeg", at: 0, bytes: [0xff, 0xd8, 0xff] },
  { mediaType: "image/gif", at: 0, bytes: [0x47, 0x49, 0x46, 0x38] },
  { mediaType: "image/webp", at: 8, bytes: [0x57, 0x45, 0x42, 0x50] },
];

/** The media type of an image that is given in bytes: what is said, or what its bytes say; `undefined` when neither does. */
export function mediaTypeOf({ image, mediaType }: ImagePart): string | undefined {
  if (mediaType !== undefined || typeof image === "string") return mediaType;
  return SIGNATURES.find(({ at, bytes }) => bytes.every((byte, n) => image[at + n] === byte))?.mediaType;
}
