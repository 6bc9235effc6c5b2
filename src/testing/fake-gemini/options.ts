import type { GeminiFaultPlan } from "./fault-plan.ts";
import type { GeminiFault, GeminiFaultName } from "./faults.ts";
import type { FakeGeminiModel, GeminiCallBody } from "./wire.ts";

/** How `startFakeGemini` behaves. */
export interface FakeGeminiOptions {
  /** @default `gemini-2.5-flash`, and `gemini-embedding-001`, which embeds into 3,072 numbers */
  readonly models?: readonly FakeGeminiModel[];
  /** The only key that is let in. @default any key, but one has to be there, as at the real server */
  readonly apiKey?: string;
  /** Which calls for a content go wrong, and how. @default none */
  readonly faults?: GeminiFaultPlan;
  /** What goes wrong with requests of a batch, by their key. @default nothing */
  readonly batchFaults?: Readonly<Record<string, GeminiFault | GeminiFaultName>>;
  /** How often a look at a batch says that it is pending or running before it has ended. @default 1 */
  readonly batchLooks?: number;
  /**
   * What the model says to a request, as it is: JSON too, where a schema is asked for.
   *
   * @default a note in Markdown sections made from the prompt, or JSON that fits the schema
   */
  readonly answer?: (body: GeminiCallBody) => string;
  /** Work before the first byte of each answer, in milliseconds. @default 0 */
  readonly delayMs?: number;
  /** Tokens in each chunk of a streamed answer. @default 8 */
  readonly tokensPerEvent?: number;
  /** How long the model takes for each chunk, in milliseconds. @default 0 */
  readonly msPerEvent?: number;
  /** Tokens of each prompt that it has in its cache: as many as it may be, at most all. @default 0 */
  readonly cachedTokens?: number;
  /** Cuts what is sent into writes of so many bytes, through the middle of lines and characters. @default whole chunks */
  readonly bytesPerWrite?: number;
  /** @default a free one */
  readonly port?: number;
}
