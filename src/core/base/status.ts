/** What a session can be. `partial`: it ran to its end and some items failed. `interrupted`: it stopped before its end. */
export const SessionStatus = {
  pending: "pending",
  running: "running",
  completed: "completed",
  failed: "failed",
  partial: "partial",
  interrupted: "interrupted",
} as const;
export type SessionStatus = (typeof SessionStatus)[keyof typeof SessionStatus];

/** What a phase can be: the same words as a session. */
export const PhaseStatus: typeof SessionStatus = SessionStatus;
export type PhaseStatus = SessionStatus;

/** What a stage can be. */
export const StageStatus = {
  pending: "pending",
  running: "running",
  completed: "completed",
  failed: "failed",
} as const;
export type StageStatus = (typeof StageStatus)[keyof typeof StageStatus];

/** What a step can be. */
export const StepStatus = {
  pending: "pending",
  running: "running",
  completed: "completed",
  failed: "failed",
  skipped: "skipped",
} as const;
export type StepStatus = (typeof StepStatus)[keyof typeof StepStatus];

/**
 * What an item can be. `skipped`: unchanged, or done before. `filtered`: a rule said no.
 * `review`: done, and a person should look at it.
 */
export const ItemStatus = {
  pending: "pending",
  processing: "processing",
  completed: "completed",
  failed: "failed",
  skipped: "skipped",
  filtered: "filtered",
  review: "review",
} as const;
export type ItemStatus = (typeof ItemStatus)[keyof typeof ItemStatus];

/** The ready-made kinds of work. A pipeline may name phases of its own. */
export const PhaseType = { import: "import", organize: "organize" } as const;
export type PhaseType = (typeof PhaseType)[keyof typeof PhaseType];

/** The three stages that every phase has, in the order in which an item goes through them. */
export const StageType = { extract: "extract", transform: "transform", load: "load" } as const;
export type StageType = (typeof StageType)[keyof typeof StageType];
