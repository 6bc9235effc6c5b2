import { spawnSync } from "node:child_process";

/** A contender as the tables show it. */
export interface Entrant {
  /** Its name in `contenders/index.ts`. */
  readonly name: string;
  readonly title: string;
  /** Rates are compared, so a slow contender may run fewer items. */
  readonly mostItems: number;
  /** A program of the system that it needs. */
  readonly needs?: string;
  /** Whether it is another library, and not us or the floor. */
  readonly isPeer: boolean;
  /** Whether each step is on the disk before the next begins. */
  readonly isDurable: boolean;
}

const ENTRANTS: readonly Entrant[] = [
  { name: "holdfast", title: "Holdfast", mostItems: Infinity, isPeer: false, isDurable: true },
  { name: "floor", title: "the store alone (floor)", mostItems: Infinity, isPeer: false, isDurable: true },
  {
    name: "bullmq-always",
    title: "BullMQ 6.7, Redis, appendfsync always",
    mostItems: 20_000,
    needs: "redis-server",
    isPeer: true,
    isDurable: true,
  },
  {
    name: "bullmq-everysec",
    title: "BullMQ 6.7, Redis, appendfsync everysec",
    mostItems: 20_000,
    needs: "redis-server",
    isPeer: true,
    isDurable: false,
  },
  { name: "pg-boss", title: "pg-boss 12.38, Postgres 18", mostItems: 5000, isPeer: true, isDurable: true },
  { name: "openworkflow", title: "OpenWorkflow 0.10, SQLite", mostItems: 1000, isPeer: true, isDurable: true },
];

/** Those that can run here; the others are named on stderr with what they miss. */
export function entrants(): readonly Entrant[] {
  return ENTRANTS.filter(({ title, needs }) => {
    const canRun = needs === undefined || isInstalled(needs);
    if (!canRun) process.stderr.write(`${title} is left out: there is no ${needs} here.\n`);
    return canRun;
  });
}

/** Whether the system has a program. */
export function isInstalled(program: string): boolean {
  return spawnSync(program, ["--version"], { stdio: "ignore" }).error === undefined;
}
