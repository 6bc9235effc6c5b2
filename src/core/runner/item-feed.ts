import type { PendingItem, SessionStore } from "../storage/index.ts";

const PAGE = 200;

export interface ItemFeedOptions {
  readonly phase: string;
  readonly store: SessionStore;
  /** The rest of the source's records; empty when it was read to its end. */
  readonly source: AsyncIterator<PendingItem>;
  readonly drain: AbortSignal;
  /**
   * Items that are taken: in flight, or recorded by the source and about to come from it. The source adds an item
   * before it is in the store, where the feed would find it a second time.
   */
  readonly taken: Set<string>;
  /** Items that this feed does not give out. @default none */
  readonly apart?: ReadonlySet<string>;
}

type SourceAnswer = { readonly result: IteratorResult<PendingItem> } | { readonly error: unknown };

/**
 * Gives out the items of a phase that have steps to do: parents whose children are done first, then what is in the store
 * (children, and what an earlier run left behind), then what the source puts out. Children are read from the store a page
 * at a time, so that a large fan-out is never held in memory.
 */
export class ItemFeed {
  readonly #options: ItemFeedOptions;
  readonly #ready: string[];
  /** How far the store has been read. Rows are only ever added behind it. */
  #position = 0;
  #storeMayHaveMore = true;
  #page: readonly (PendingItem & { readonly position: number })[] = [];
  /** Whether the source was asked for its next item, and what it answered. */
  #isSourceAsked = false;
  #answer: SourceAnswer | undefined;
  #sourceEnded = false;
  #wake: (() => void) | undefined;

  constructor(options: ItemFeedOptions) {
    this.#options = options;
    this.#ready = options.store.collectable(options.phase).filter((itemId) => !options.apart?.has(itemId));
  }

  /** Ends when nothing is left to do and nothing is in flight that could make more, or when the run drains. */
  async *items(): AsyncGenerator<PendingItem> {
    const { drain } = this.#options;
    const wake = (): void => this.#wake?.();
    drain.addEventListener("abort", wake, { once: true });
    try {
      while (!drain.aborted) {
        const item = this.#fromStore() ?? (await this.#fromSource());
        if (item) {
          this.#options.taken.add(item.itemId);
          yield item;
        } else if (this.#isDone()) return;
      }
    } finally {
      // A source that is waiting for its next element is abandoned: it was told to stop.
      drain.removeEventListener("abort", wake);
    }
  }

  /** An item that was given out has left the window. */
  left(item: PendingItem, made: { readonly children: boolean; readonly readyParent: string | undefined }): void {
    this.#options.taken.delete(item.itemId);
    if (made.children) this.#storeMayHaveMore = true;
    if (made.readyParent !== undefined) this.#ready.push(made.readyParent);
    this.#wake?.();
  }

  #fromStore(): PendingItem | undefined {
    const { store, phase } = this.#options;
    const parent = this.#ready.shift();
    if (parent !== undefined) return store.pendingItem(phase, parent);
    while (this.#storeMayHaveMore || this.#page.length > 0) {
      const [next, ...rest] = this.#page;
      this.#page = rest;
      if (next) return next;
      if (!this.#nextPage()) return undefined;
    }
    return undefined;
  }

  #nextPage(): boolean {
    const { store, phase, taken, apart } = this.#options;
    const rows = store.pendingItems(phase, this.#position, PAGE);
    this.#position = rows.at(-1)?.position ?? this.#position;
    this.#storeMayHaveMore = rows.length > 0;
    // Now and not when they are given out: by then a row of an item that was in flight may be one that is done.
    this.#page = rows.filter(({ itemId }) => !taken.has(itemId) && !apart?.has(itemId));
    return this.#storeMayHaveMore;
  }

  /** The source's next item, unless something more urgent turns up while it is waited for. */
  async #fromSource(): Promise<PendingItem | undefined> {
    const changed = new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    if (this.#sourceEnded) {
      if (!this.#isDone()) await changed;
      return undefined;
    }
    this.#askSource();
    if (!this.#answer) await changed;
    const answer = this.#answer;
    if (!answer) return undefined;
    this.#answer = undefined;
    this.#isSourceAsked = false;
    if ("error" in answer) throw answer.error;
    if (!answer.result.done) return answer.result.value;
    this.#sourceEnded = true;
    return undefined;
  }

  /** Not a race of promises, which would leave something behind at each item for as long as the source takes. */
  #askSource(): void {
    if (this.#isSourceAsked) return;
    this.#isSourceAsked = true;
    const answered = (answer: SourceAnswer): void => {
      this.#answer = answer;
      this.#wake?.();
    };
    this.#options.source.next().then(
      (result) => answered({ result }),
      (error: unknown) => answered({ error }),
    );
  }

  #isDone(): boolean {
    const isIdle = this.#options.taken.size === 0 && this.#ready.length === 0 && this.#page.length === 0;
    return this.#sourceEnded && isIdle && !this.#storeMayHaveMore;
  }
}
