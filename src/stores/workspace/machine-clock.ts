import { hrtime } from "node:process";

/**
 * Milliseconds since the machine was started: the same in all of its processes, and nobody can set it. Containers of one
 * machine share it too.
 */
export const machineNow = (): number => Number(hrtime.bigint() / 1_000_000n);
