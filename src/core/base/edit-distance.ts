/** Levenshtein's distance: insertions, deletions and replacements, each counted as one. */
export function editDistance(a: string, b: string): number {
  const charsB = Array.from(b);
  let row = Array.from({ length: charsB.length + 1 }, (_, i) => i);
  for (const [i, charA] of Array.from(a).entries()) {
    const next = [i + 1];
    for (const [j, charB] of charsB.entries()) {
      const replaced = (row[j] ?? 0) + (charA === charB ? 0 : 1);
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
