import type { Contender } from "../contender.ts";

/** Contenders by name, each loaded only by the processes that it is measured in. */
export const CONTENDERS: Readonly<Record<string, () => Promise<Contender>>> = {
  raw: async () => (await import("./raw.ts")).raw,
  holdfast: async () => (await import("./holdfast.ts")).holdfast,
};
