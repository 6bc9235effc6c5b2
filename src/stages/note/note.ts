/** A Markdown note, as a sink gets it. */
export type Note = {
  readonly title: string;
  /** Markdown without front matter. */
  readonly body: string;
  readonly summary?: string;
  /** Without `#` and without spaces. */
  readonly tags?: readonly string[];
  /** ISO 8601. */
  readonly created?: string;
  readonly updated?: string;
  /** The service the note came from. */
  readonly source?: string;
  /** Identity of the source item, the same in every run: `claude:<uuid>`. The item's id when absent. */
  readonly sourceId?: string;
  /** Link back to the source. */
  readonly sourceUrl?: string;
  /** Hash of the source item's content; of the note itself when absent. */
  readonly contentHash?: string;
  /** Model that wrote the note: `ollama:llama3.2`. */
  readonly model?: string;
  /** Instead of a model: `extractive`. */
  readonly engine?: string;
  /** Version of the prompts, with the names of those that the user wrote: `2`, `2 with own note (3f2a91c0)`. */
  readonly promptVersion?: number | string;
  /** How many parts the conversation was cut into; absent when it was processed as a whole. */
  readonly chunks?: number;
};
