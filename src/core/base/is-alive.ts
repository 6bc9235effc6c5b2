/** Whether a process of this machine has that number. Signal 0 only asks; one that may not be asked is there all the same. */
export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
