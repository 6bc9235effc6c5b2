/** Something that takes items through durable steps. It is opened once, runs a small warm-up, and then the run that counts. */
export interface Contender {
  /** Starts what it needs, in an empty folder on a real disk. */
  readonly open: (folder: string) => Promise<OpenContender>;
}

export interface OpenContender extends AsyncDisposable {
  /** Takes new items through their steps and resolves when the last result is durable. */
  readonly run: (work: Work) => Promise<void>;
}

export interface Work {
  readonly items: number;
  /** Durable steps for each item. */
  readonly steps: number;
}
