/** Does `work` for 1, 2, 3 and so on, several at once, until it finds nothing to do for a number. Results in order. */
export async function countUp<T>(
  work: (n: number) => Promise<T | undefined>,
  { atOnce }: { readonly atOnce: number },
): Promise<readonly T[]> {
  const results = new Map<number, T>();
  let next = 1;
  let isOver = false;
  const worker = async (): Promise<void> => {
    while (!isOver) {
      const n = next++;
      const result = await work(n);
      if (result === undefined) isOver = true;
      else results.set(n, result);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return [...results].toSorted(([a], [b]) => a - b).map(([, result]) => result);
}
