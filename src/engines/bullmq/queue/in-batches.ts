export interface BatchOptions<Given, Answer> {
  /** Asks for all of them at once; answers in their order. */
  readonly ask: (batch: readonly Given[]) => Promise<readonly Answer[]>;
  /** How many go together. */
  readonly most: number;
}

/**
 * Asks for many things with one call to a database: what is asked for before the event loop comes round goes together. One
 * thing waits for no other, and a busy process makes a fraction of the calls.
 */
export function inBatches<Given, Answer>({
  ask,
  most,
}: BatchOptions<Given, Answer>): (given: Given) => Promise<Answer> {
  let gathered: Asked<Given, Answer>[] = [];
  function flush(): void {
    const all = gathered;
    gathered = [];
    for (let from = 0; from < all.length; from += most) void answer(all.slice(from, from + most));
  }
  async function answer(batch: readonly Asked<Given, Answer>[]): Promise<void> {
    try {
      const answers = await ask(batch.map(({ given }) => given));
      for (const [index, { resolve }] of batch.entries()) resolve(answers[index] as Answer);
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }
  return (given) =>
    new Promise((resolve, reject) => {
      gathered.push({ given, resolve, reject });
      if (gathered.length === 1) setImmediate(flush);
    });
}

interface Asked<Given, Answer> {
  readonly given: Given;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}
