/** What an engine needs to know to run items. */
export interface EngineOptions {
  /** The most items in flight at once. The feed is read only when there is room. */
  readonly window: number;
}

/**
 * Moves items: takes them from a feed while there is room and has the work done on each. What the work is, and what
 * becomes of an item that fails, is the runner's business: `work` rejects only when the run itself cannot go on.
 */
export interface Engine {
  readonly name: string;
  /** Resolves when the feed has ended and all work is done; rejects, after the work in flight has ended, with its first rejection. */
  run<Item>(feed: AsyncIterable<Item>, work: (item: Item) => Promise<void>, options: EngineOptions): Promise<void>;
}
