/** A Markdown file of a folder, with what its front matter says of it. */
export type SourceNote = {
  /** Relative to the folder that was read, with `/`. */
  readonly path: string;
  /** The whole file. */
  readonly text: string;
  /** sha256 of the file's bytes, in hex. */
  readonly hash: string;
  /** The front matter's, else the first heading's, else the file's name. */
  readonly title: string;
  readonly tags: readonly string[];
  /** The service it came from: `claude`. */
  readonly source?: string;
  /** Set by its owner, or when it was organized before. */
  readonly genre?: string;
  readonly topic?: string;
};
