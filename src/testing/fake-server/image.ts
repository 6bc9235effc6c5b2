/** The first bytes of the kinds of images that models take, in hexadecimal. */
const SIGNS: readonly (readonly [RegExp, string])[] = [
  [/^89504e470d0a1a0a/, "image/png"],
  [/^ffd8ff/, "image/jpeg"],
  [/^474946383[79]61/, "image/gif"],
  [/^52494646.{8}57454250/, "image/webp"],
];

/** What an image is by its first bytes, whatever it is called; `undefined` for no image. */
export function kindOfImage(bytes: Buffer): string | undefined {
  const head = bytes.subarray(0, 16).toString("hex");
  return SIGNS.find(([sign]) => sign.test(head))?.[1];
}
