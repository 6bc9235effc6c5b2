import { Command, InvalidArgumentError, Option } from "commander";
import { HoldfastError } from "../../core/failure/index.ts";
import { DEFAULT_RETRY_CONFIG } from "../../retry/index.ts";
import { reportSchedule } from "../text/backoff/report-schedule.ts";
import { STRATEGY_NAMES, type StrategyName } from "../text/backoff/strategies.ts";
import { completeWaits, DEFAULT_WAITS, type Waits } from "../text/backoff/waits.ts";
import { wholeNumber } from "../flags/flag-values.ts";
import { print } from "../terminal/print.ts";

const EXAMPLES = `
Examples:
  $ holdfast backoff                                        what a RetryConfig with nothing set does
  $ holdfast backoff --max-attempts 8 --min-wait 1 --max-wait 60
  $ holdfast backoff --strategy decorrelated --max-attempts 6 --json

The waits come from the strategies of holdfast/retry. --strategy retry-config waits as a RetryConfig does; the
others take --min-wait as the size of their first wait.`;

/** The flags; absent ones were not given. */
interface BackoffFlags {
  readonly strategy?: StrategyName;
  readonly maxAttempts?: number;
  readonly minWait?: number;
  readonly maxWait?: number;
  readonly base?: number;
  /** False with `--no-jitter`. */
  readonly jitter: boolean;
  readonly json?: boolean;
}

/** `holdfast backoff` */
export function backoffCommand(): Command {
  return new Command("backoff")
    .description("show the waits that a retry config gives")
    .addOption(new Option("--strategy <name>", "how to wait (default: retry-config)").choices(STRATEGY_NAMES))
    .option("--max-attempts <n>", "calls in all (default: 3)", atMost(1000, wholeNumber))
    .option("--min-wait <seconds>", "shortest wait (default: 2)", numberFrom(0, "seconds"))
    .option("--max-wait <seconds>", "longest wait (default: 30)", numberFrom(0, "seconds"))
    .option("--base <n>", "factor from one wait to the next (default: 2)", numberFrom(1))
    .option("--no-jitter", "waits of retry-config without randomness")
    .option("--json", "one JSON document on stdout")
    .addHelpText("after", EXAMPLES)
    .action((flags: BackoffFlags) => {
      checkTogether(flags);
      const { strategy = "retry-config", maxAttempts = DEFAULT_RETRY_CONFIG.maxAttempts } = flags;
      const waits = completeWaits(givenWaits(flags), DEFAULT_WAITS);
      const { document, lines } = reportSchedule({ strategy, waits, maxAttempts, width: terminalWidth() });
      print(flags.json ? JSON.stringify(document, undefined, 2) : lines.join("\n"));
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

function checkTogether({ strategy = "retry-config", jitter }: BackoffFlags): void {
  if (jitter || strategy === "retry-config") return;
  throw new HoldfastError("usage", `--no-jitter cannot be given with --strategy ${strategy}.`, {
    hint: "Its name tells whether it has jitter; exponential, fixed and fibonacci have none.",
  });
}

/** A pipe has no width; 80 columns suit files and mails. */
const terminalWidth = (): number => process.stdout.columns ?? 80;

function numberFrom(least: number, unit = ""): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+(\.\d+)?$/.test(text) && Number.isFinite(value) && value >= least) return value;
    throw new InvalidArgumentError(`Expected a number${unit && ` of ${unit}`}, ${least} or more.`);
  };
}

function atMost(most: number, parse: (text: string) => number): (text: string) => number {
  return (text) => {
    const value = parse(text);
    if (value <= most) return value;
    throw new InvalidArgumentError(`Expected at most ${most}.`);
  };
}
