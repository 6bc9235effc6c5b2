/** A part of the suite: a vitest project, and a section of the output. */
export interface Area {
  readonly project: string;
  /** The heading of its section. */
  readonly title: string;
  readonly files: readonly string[];
  /**
   * Whether its files are loaded into processes that load each module once: tests that leave nothing behind in theirs. It
   * halves the processor time of unit tests, which must not share one with tests of processes and databases: they count
   * timers, and a connection that is closing has some. @default false
   */
  readonly sharesModules?: boolean;
}

/** The areas of the suite. The first one is run, and printed, before the others. */
export const areas: readonly Area[] = [
  { project: "etl", title: "ETL Pipeline Tests", files: ["test/etl/**"], sharesModules: true },
  {
    project: "fleet",
    title: "More than one machine",
    files: ["test/fleet/**"],
    sharesModules: true,
  },
  { project: "crash", title: "Crash loops", files: ["test/crash/**"] },
  { project: "cli", title: "The built command line", files: ["src/cli/**", "test/cli/**"], sharesModules: true },
  { project: "package", title: "The package in programs of others", files: ["test/package/**"], sharesModules: true },
  { project: "docs", title: "Examples in the docs", files: ["test/docs/**"] },
  {
    project: "models",
    title: "Models and the fake model server",
    files: ["src/llm/**", "src/testing/**", "test/models/**"],
    sharesModules: true,
  },
  { project: "chats", title: "Chats", files: ["src/chats/**", "test/golden/**"], sharesModules: true },
  { project: "stages", title: "Stages", files: ["src/stages/**"], sharesModules: true },
  { project: "stores", title: "Stores and engines", files: ["src/stores/**", "src/engines/**"], sharesModules: true },
  {
    project: "core",
    title: "Sessions, pipelines and the runner",
    files: ["src/text/**", "src/core/**", "src/config/**", "src/run/**"],
    sharesModules: true,
  },
  { project: "retry", title: "Retry engine", files: ["src/retry/**", "bench/**"], sharesModules: true },
  { project: "house", title: "The rooms of src/", files: ["lint"] },
];
