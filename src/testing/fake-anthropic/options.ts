import type { AnthropicFaultPlan } from "./fault-plan.ts";
import type { AnthropicFault, AnthropicFaultName } from "./faults.ts";
import type { AnthropicCallBody, AnthropicLimits, FakeAnthropicModel } from "./wire.ts";

/** How `startFakeAnthropic` behaves. */
export interface FakeAnthropicOptions {
  /** @default one model, `claude-haiku-4-5` */
  readonly models?: readonly FakeAnthropicModel[];
  /** The only key that is let in. @default any key, but one has to be there, as at the real server */
  readonly apiKey?: string;
  /** Which calls for a message go wrong, and how. @default none */
  readonly faults?: AnthropicFaultPlan;
  /** What goes wrong with requests of a batch, by their `custom_id`. @default nothing */
  readonly batchFaults?: Readonly<Record<string, AnthropicFault | AnthropicFaultName | "expired">>;
  /** How often a look at a batch says `in_progress` before it has ended. @default 1 */
  readonly batchLooks?: number;
  /**
   * What the model says to a request, as it is: JSON too, where a schema is asked for.
   *
   * @default a note in Markdown sections made from the prompt, or JSON that fits the schema
   */
  readonly answer?: (body: AnthropicCallBody) => string;
  /** What the account may use in a minute. @default so much that nobody meets it */
  readonly limits?: AnthropicLimits;
  /** Work before the first byte of each answer, in milliseconds. @default 0 */
  readonly delayMs?: number;
  /** Tokens in each delta of a streamed answer. @default 8 */
  readonly tokensPerEvent?: number;
  /** How long the model takes for each delta, in milliseconds. @default 0 */
  readonly msPerEvent?: number;
  /** Cuts what is sent into writes of so many bytes, through the middle of lines and characters. @default whole events */
  readonly bytesPerWrite?: number;
  /** @default a free one */
  readonly port?: number;
}
