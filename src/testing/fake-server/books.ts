/** What a server has worked on, and will bill. */
export interface Books {
  /** Calls that the model has worked on: refused ones are none. */
  readonly calls: number;
  readonly inputTokens: number;
  /** Those of `inputTokens` that were in its cache. */
  readonly cachedInputTokens: number;
  /** Tokens written, whether or not anybody was there to read them. */
  readonly outputTokens: number;
  /** Those of `outputTokens` that were thinking. */
  readonly reasoningTokens: number;
}

/** Books that a server writes. */
export interface BookKeeper {
  readonly books: Books;
  add(more: Partial<Books>): void;
}

export function keepBooks(): BookKeeper {
  let books: Books = { calls: 0, inputTokens: 0, cachedInputTokens: 0, outputTokens: 0, reasoningTokens: 0 };
  return {
    get books() {
      return books;
    },
    add({ calls = 0, inputTokens = 0, cachedInputTokens = 0, outputTokens = 0, reasoningTokens = 0 }) {
      books = {
        calls: books.calls + calls,
        inputTokens: books.inputTokens + inputTokens,
        cachedInputTokens: books.cachedInputTokens + cachedInputTokens,
        outputTokens: books.outputTokens + outputTokens,
        reasoningTokens: books.reasoningTokens + reasoningTokens,
      };
    },
  };
}
