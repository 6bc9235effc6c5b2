import { sumUsage, type Usage } from "../../model/index.ts";

interface Counted {
  readonly attempts: number;
  readonly usage: Usage | undefined;
}

/** What an item's calls in a step have cost that are not part of the run that is recorded. */
export class Spent {
  #attempts = 0;
  #usage: Usage | undefined;

  add(attempts: number, usage: Usage | undefined): void {
    this.#attempts += attempts;
    this.#usage = sumUsage([this.#usage, usage]);
  }

  /** The run, with that. */
  with<Run extends Counted>(run: Run): Run {
    if (this.#attempts === 0 && this.#usage === undefined) return run;
    return { ...run, attempts: run.attempts + this.#attempts, usage: sumUsage([this.#usage, run.usage]) };
  }
}
