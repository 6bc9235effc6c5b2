/** Prints what a reading took, as JSON. */
export async function measure(read: () => Promise<number>): Promise<void> {
  const startedAt = performance.now();
  const elements = await read();
  const seconds = (performance.now() - startedAt) / 1000;
  const maxRssBytes = process.resourceUsage().maxRSS * 1024;
  process.stdout.write(JSON.stringify({ seconds, elements, maxRssBytes }));
}
