import type { Contender } from "../contender.ts";

/** Contenders by name, each loaded only by the process that measures it. */
export const CONTENDERS: Readonly<Record<string, () => Promise<Contender>>> = {
  holdfast: async () => (await import("./holdfast.ts")).holdfast,
  floor: async () => (await import("./floor.ts")).floor,
  "bullmq-always": async () => (await import("./bullmq.ts")).bullmq("always"),
  "bullmq-everysec": async () => (await import("./bullmq.ts")).bullmq("everysec"),
  "pg-boss": async () => (await import("./pg-boss.ts")).pgBoss,
  openworkflow: async () => (await import("./openworkflow.ts")).openworkflow,
};
