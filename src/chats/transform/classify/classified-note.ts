/** Where a note belongs, and who decided it. */
export type ClassifiedNote = {
  /** Relative to the folder that was read, with `/`. */
  readonly path: string;
  /** sha256 of the file that was looked at. */
  readonly hash: string;
  /** Absent when it is unknown. */
  readonly genre?: string;
  readonly topic?: string;
  /** Whether the topic is only the note's first tag: good enough for front matter, but not for a folder. */
  readonly isGuess?: boolean;
  /** Why there is no genre. */
  readonly reason?: string;
};
