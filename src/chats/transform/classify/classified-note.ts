/** Where a note belongs, and who said so. */
export type ClassifiedNote = {
  /** Relative to the folder that was read, with `/`. */
  readonly path: string;
  /** sha256 of the file that was looked at. */
  readonly hash: string;
  /** Absent when nobody knows. */
  readonly genre?: string;
  readonly topic?: string;
  /** The topic is the note's first tag, for want of a better one: good enough for front matter, and not for a folder. */
  readonly isGuess?: boolean;
  /** Why there is no genre. */
  readonly reason?: string;
};
