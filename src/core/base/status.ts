/**
 * The status of a session. `partial`: it ran to its end and some items failed. `interrupted`: it stopped before its
 * end.
 */
export const SessionStatus = {
  pending: "pending",
  running: "running",
  completed: "completed",
  failed: "failed",
  partial: "partial",
  interrupted: "interrupted",
} as const;
/** How a session stands: a value of {@link SessionStatus}. */
export type SessionStatus = (typeof SessionStatus)[keyof typeof SessionStatus];

/** The status of a phase: the same values as for a session. */
export const PhaseStatus: typeof SessionStatus = SessionStatus;
/** How a phase stands: as a session does. */
export type PhaseStatus = SessionStatus;

/** The status of a stage. */
export const StageStatus = {
  pending: "pending",
  running: "running",
  completed: "completed",
  failed: "failed",
} as const;
/** How a stage stands: a value of {@link StageStatus}. */
export type StageStatus = (typeof StageStatus)[keyof typeof StageStatus];

/** The status of a step. */
export const StepStatus = {
  pending: "pending",
  running: "running",
  completed: "completed",
  failed: "failed",
  skipped: "skipped",
} as const;
/** How a step stands: a value of {@link StepStatus}. */
export type StepStatus = (typeof StepStatus)[keyof typeof StepStatus];

/**
 * The status of an item. `skipped`: unchanged, or done before. `filtered`: excluded by a rule. `review`: done, but a
 * person should check it.
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
/** How an item stands: a value of {@link ItemStatus}. */
export type ItemStatus = (typeof ItemStatus)[keyof typeof ItemStatus];

/** The built-in phase types. A pipeline may name phases of its own. */
export const PhaseType = { import: "import", organize: "organize" } as const;
/** A value of {@link PhaseType}. */
export type PhaseType = (typeof PhaseType)[keyof typeof PhaseType];

/** The three stages that every phase has, in the order in which an item goes through them. */
export const StageType = { extract: "extract", transform: "transform", load: "load" } as const;
/** A value of {@link StageType}. */
export type StageType = (typeof StageType)[keyof typeof StageType];
