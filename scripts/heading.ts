/** Prints the heading of a section. */
export const heading = (title: string): void =>
  console.log(`\n=== ${title} ${"=".repeat(Math.max(3, 74 - title.length))}\n`);
