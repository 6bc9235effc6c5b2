/** One copy of a conversation in an export, and where it stands. */
export interface Copy {
  readonly id: string;
  /** Unique in the export. */
  readonly place: string;
  /** ISO 8601 in UTC. */
  readonly updatedAt?: string | undefined;
}

/** Which copy of each conversation counts: the one changed last, and the last of those changed at the same time. */
export class NewestCopies {
  readonly #newest: Map<string, Copy> = new Map();

  /** Adds a copy, in file order. Only the id, place and time of a copy are kept. */
  see({ id, place, updatedAt }: Copy): void {
    const newest = this.#newest.get(id);
    if (!newest || (updatedAt ?? "") >= (newest.updatedAt ?? "")) this.#newest.set(id, { id, place, updatedAt });
  }

  /** The copy itself when it is the newest, or was never seen. */
  newestOf(copy: Copy): Copy {
    return this.#newest.get(copy.id) ?? copy;
  }
}
