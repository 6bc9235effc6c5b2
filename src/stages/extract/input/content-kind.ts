/** Detects the kind of a file from its first bytes, not from its name: people rename files. */
export type ContentKind = "json" | "zip" | "html" | "gzip" | "utf16" | "empty" | "other";

/** `beginning` is the first bytes of the file, and the whole of a shorter one. */
export function contentKind(beginning: Uint8Array): ContentKind {
  const known = SIGNATURES.find(({ bytes }) => bytes.every((byte, i) => beginning[i] === byte));
  if (known) return known.kind;
  const text = Buffer.from(beginning)
    .toString("utf8")
    .replace(/^\uFEFF/, "")
    .trimStart();
  return KIND_OF_FIRST_CHARACTER[text.slice(0, 1)] ?? "other";
}

/** The end of a sentence that begins with the file's name. */
export const DESCRIPTION_OF_KIND: Readonly<Record<ContentKind, string>> = {
  json: "is JSON",
  zip: "is a zip file",
  html: "looks like an HTML page (perhaps a login or error page that was saved in its place)",
  gzip: "is a gzip file; unpack it first",
  utf16: "is text in UTF-16; save it as UTF-8 first",
  empty: "is empty",
  other: "is neither a zip file nor JSON",
};

const SIGNATURES: readonly { readonly kind: ContentKind; readonly bytes: readonly number[] }[] = [
  { kind: "zip", bytes: [0x50, 0x4b, 0x03, 0x04] },
  // A zip file without entries is its end record alone.
  { kind: "zip", bytes: [0x50, 0x4b, 0x05, 0x06] },
  { kind: "gzip", bytes: [0x1f, 0x8b] },
  { kind: "utf16", bytes: [0xff, 0xfe] },
  { kind: "utf16", bytes: [0xfe, 0xff] },
];

const KIND_OF_FIRST_CHARACTER: Readonly<Record<string, ContentKind>> = {
  "[": "json",
  "{": "json",
  "<": "html",
  "": "empty",
};
