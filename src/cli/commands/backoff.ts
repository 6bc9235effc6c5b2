import { Command, InvalidArgumentError, Option } from "commander";
import { HoldfastError } from "../../core/failure/index.ts";
import { DEFAULT_RETRY_CONFIG, stopAfterAttempt } from "../../retry/index.ts";
import { contendersOf } from "../backoff/contenders.ts";
import type { Report } from "../backoff/report.ts";
import { reportSchedule } from "../backoff/report-schedule.ts";
import { reportSimulation } from "../backoff/report-simulation.ts";
import { STRATEGY_NAMES, type StrategyName } from "../backoff/strategies.ts";
import { completeWaits, DEFAULT_WAITS, type Waits } from "../backoff/waits.ts";
import { wholeNumber } from "../flags/flag-values.ts";

const EXAMPLES = `
Examples:
  $ holdfast backoff                                        what a RetryConfig with nothing set does
  $ holdfast backoff --max-attempts 8 --min-wait 1 --max-wait 60
  $ holdfast backoff --strategy decorrelated --max-attempts 6 --json
  $ holdfast backoff --simulate                             why jitter matters: 2,000 clients at once
  $ holdfast backoff --simulate --clients 500 --rate 10 --max-attempts 5

The waits are what the strategies of holdfast/retry answer. --strategy retry-config waits as a RetryConfig does; the
others take --min-wait as the size of their first wait. A simulation compares several strategies, unless one is named:
retry-config with its defaults, the others from 0.5 to 20 seconds, unless you say otherwise.`;

/** What was given; what is absent was not. */
interface BackoffFlags {
  readonly strategy?: StrategyName;
  readonly maxAttempts?: number;
  readonly minWait?: number;
  readonly maxWait?: number;
  readonly base?: number;
  /** False with `--no-jitter`. */
  readonly jitter: boolean;
  readonly simulate?: boolean;
  readonly clients?: number;
  readonly rate?: number;
  readonly retryAfter?: number;
  readonly seed?: number;
  readonly json?: boolean;
}

/** `holdfast backoff` and `holdfast backoff --simulate` */
export function backoffCommand(): Command {
  return new Command("backoff")
    .description("show the waits that a retry config gives, or simulate many clients that retry")
    .addOption(new Option("--strategy <name>", "how to wait (default: retry-config)").choices(STRATEGY_NAMES))
    .option("--max-attempts <n>", "calls in all (default: 3; in a simulation without end)", atMost(1000, wholeNumber))
    .option("--min-wait <seconds>", "shortest wait (default: 2)", numberFrom(0, "seconds"))
    .option("--max-wait <seconds>", "longest wait (default: 30)", numberFrom(0, "seconds"))
    .option("--base <n>", "what each further wait multiplies by (default: 2)", numberFrom(1))
    .option("--no-jitter", "waits of retry-config without randomness")
    .option("--simulate", "many clients against a server that cannot serve them all at once")
    .option("--clients <n>", "simulation: how many clients (default: 2000)", atMost(100_000, wholeNumber))
    .option("--rate <n>", "simulation: requests a second that the server answers (default: 50)", wholeNumber)
    .option(
      "--retry-after <seconds>",
      "simulation: what the server's 429 asks for (default: 10)",
      numberFrom(0, "seconds"),
    )
    .option("--seed <n>", "simulation: the same seed, the same result (default: 42)", wholeNumber)
    .option("--json", "one JSON document on stdout")
    .addHelpText("after", EXAMPLES)
    .action((flags: BackoffFlags) => {
      checkTogether(flags);
      const { document, lines } = flags.simulate ? simulated(flags) : scheduled(flags);
      console.log(flags.json ? JSON.stringify(document, undefined, 2) : lines.join("\n"));
    });
}

function scheduled(flags: BackoffFlags): Report {
  const { strategy = "retry-config", maxAttempts = DEFAULT_RETRY_CONFIG.maxAttempts } = flags;
  const waits = completeWaits(givenWaits(flags), DEFAULT_WAITS);
  return reportSchedule({ strategy, waits, maxAttempts, width: terminalWidth() });
}

function simulated(flags: BackoffFlags): Report {
  const { strategy, maxAttempts, clients = 2000, rate = 50, retryAfter = 10, seed = 42 } = flags;
  return reportSimulation({
    contenders: contendersOf(strategy, givenWaits(flags)),
    stop: maxAttempts === undefined ? undefined : stopAfterAttempt(maxAttempts),
    options: { clients, ratePerSecond: rate, retryAfterSeconds: retryAfter, seed },
    width: terminalWidth(),
  });
}

function givenWaits({ minWait, maxWait, base, jitter }: BackoffFlags): Partial<Waits> {
  return {
    ...(minWait !== undefined && { minWaitSeconds: minWait }),
    ...(maxWait !== undefined && { maxWaitSeconds: maxWait }),
    ...(base !== undefined && { exponentialBase: base }),
    ...(!jitter && { jitter }),
  };
}

const OF_SIMULATIONS = ["clients", "rate", "retryAfter", "seed"] as const;

function checkTogether({ strategy = "retry-config", jitter, simulate, ...flags }: BackoffFlags): void {
  if (!jitter && strategy !== "retry-config") {
    throw new HoldfastError("usage", `--no-jitter cannot be given with --strategy ${strategy}.`, {
      hint: "Its name says whether it has jitter; exponential, fixed and fibonacci have none.",
    });
  }
  const stray = OF_SIMULATIONS.find((name) => flags[name] !== undefined);
  if (stray === undefined || simulate) return;
  const flag = stray === "retryAfter" ? "retry-after" : stray;
  throw new HoldfastError("usage", `--${flag} says something about a simulation only.`, { hint: "Add --simulate." });
}

/** A pipe has no width; 80 suits files and mails. */
const terminalWidth = (): number => process.stdout.columns ?? 80;

function numberFrom(least: number, unit = ""): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+(\.\d+)?$/.test(text) && Number.isFinite(value) && value >= least) return value;
    throw new InvalidArgumentError(`Expected a number${unit && ` of ${unit}`} from ${least} on.`);
  };
}

function atMost(most: number, parse: (text: string) => number): (text: string) => number {
  return (text) => {
    const value = parse(text);
    if (value <= most) return value;
    throw new InvalidArgumentError(`Expected at most ${most}.`);
  };
}
