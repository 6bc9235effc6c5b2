import { LOCAL_ENGINE, type Engine, type EngineOptions } from "../core/runner/index.ts";

/** Runs items in this process, at most `window` at once. */
export const localEngine: Engine = {
  name: LOCAL_ENGINE,
  run: runLocally,
};

async function runLocally<Item>(
  feed: AsyncIterable<Item>,
  work: (item: Item) => Promise<void>,
  { window }: EngineOptions,
): Promise<void> {
  let inFlight = 0;
  let failure: { readonly error: unknown } | undefined;
  let onDone: (() => void) | undefined;
  const oneDone = (): Promise<void> => new Promise((resolve) => (onDone = resolve));

  const start = async (item: Item): Promise<void> => {
    try {
      await work(item);
    } catch (error) {
      failure ??= { error };
    }
    inFlight -= 1;
    onDone?.();
  };

  try {
    for await (const item of feed) {
      inFlight += 1;
      void start(item);
      while (inFlight >= window) await oneDone();
      if (failure) break;
    }
  } catch (error) {
    failure ??= { error };
  }
  while (inFlight > 0) await oneDone();
  if (failure) throw failure.error;
}
