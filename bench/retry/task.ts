/** A function that is retried. */
export type Task = () => Promise<unknown>;

/** Puts a task under a policy: each call of the result calls the task at most three times. */
export type Retry = (task: Task) => Task;
