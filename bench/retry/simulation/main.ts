// Why jitter matters: the same clients, each time with another strategy, in virtual time.
import { reportSimulation } from "./report-simulation.ts";

const CROWD = { clients: 2000, ratePerSecond: 50, retryAfterSeconds: 10, seed: 42 };

process.stdout.write(`${reportSimulation({ ...CROWD, width: process.stdout.columns ?? 80 }).join("\n")}\n`);
