/** How long vectors are when nobody says. */
export const DEFAULT_DIMENSIONS = 8;

/** A vector of length 1 that is always the same for a text, and another one for another text. */
export function vectorOf(text: string, dimensions: number): readonly number[] {
  const numbers = Array.from({ length: dimensions }, (_, at) => draw(text, at) - 0.5);
  const length = Math.hypot(...numbers) || 1;
  return numbers.map((number) => number / length);
}

/** A number in [0, 1) that depends on text and index alone (FNV-1a). */
function draw(text: string, index: number): number {
  let hash = 0x811c9dc5 ^ Math.imul(index + 1, 0x9e3779b9);
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return ((hash ^ (hash >>> 15)) >>> 0) / 2 ** 32;
}
