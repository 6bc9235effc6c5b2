import { OPENAI_FAULTS, type OpenAIFault, type OpenAIFaultName } from "../src/entries/testing.ts";
import { KNOWN_ENDINGS } from "../src/llm/answer/endings.ts";

/** Faults that end a run, never end, make it wait as long as their words say, or are looked into by one more call. */
const NOT_HERE: ReadonlySet<OpenAIFaultName> = new Set([
  "insufficient_quota",
  "no_credit",
  "low_balance",
  "key_limit",
  "invalid_key",
  "invalid_key_of_gemini",
  "forbidden",
  "firewall_page",
  "login_page",
  "moved",
  "model_not_found",
  "rate_limit_of_gemini",
  "rate_limit_of_the_day",
  "rate_limit_mid_stream",
  "unsupported_parameter",
  "hang",
  "ping_for_ever",
]);
/** What has arrived of an answer whose connection breaks depends on the network. */
const DEPENDS: ReadonlySet<OpenAIFaultName> = new Set(["reset_mid_stream"]);

/** What may become of a call and can be counted: more than sixty kinds. */
export const ENDINGS: readonly OpenAIFault[] = [
  ...Object.entries(OPENAI_FAULTS)
    .filter(([name]) => !NOT_HERE.has(name as OpenAIFaultName) && !DEPENDS.has(name as OpenAIFaultName))
    .map(([, fault]) => withoutWait(fault)),
  { does: "think_first", words: "Let me think about it. " },
  ...KNOWN_ENDINGS.flatMap(({ words }) => words).map((reason): OpenAIFault => ({ does: "finish", reason })),
  { does: "finish", reason: "a word of tomorrow" },
];

/** The same refusal, without a wait that this test would have to wait. */
function withoutWait(fault: OpenAIFault): OpenAIFault {
  if (fault.does !== "respond") return fault;
  const { headers: _, ...rest } = fault;
  return { ...rest, headers: { "retry-after-ms": "1" } };
}
