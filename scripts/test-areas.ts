/** The areas of the suite, in the order in which they run: a vitest project each, and the heading of its section. */
export const areas: readonly { readonly project: string; readonly title: string }[] = [
  { project: "etl", title: "ETL Pipeline Tests" },
  { project: "retry", title: "Retry engine" },
  { project: "core", title: "Sessions, pipelines and the runner" },
  { project: "stores", title: "Stores and engines" },
  { project: "stages", title: "Stages" },
  { project: "chats", title: "Chats" },
  { project: "models", title: "Models and the fake model server" },
  { project: "cli", title: "The built command line" },
  { project: "crash", title: "Crash loops" },
  { project: "fleet", title: "More than one machine" },
  { project: "package", title: "The package in programs of others" },
  { project: "docs", title: "Examples in the docs" },
];
