import { errnoOf } from "../../../core/failure/index.ts";

/** Whether another process of this machine lives. Signal 0 only asks; one that this process may not signal lives. */
export function isAlive(pid: number): boolean {
  try {
    return pid !== process.pid && process.kill(pid, 0);
  } catch (error) {
    return errnoOf(error) === "EPERM";
  }
}
