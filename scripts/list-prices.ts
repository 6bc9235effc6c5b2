/**
 * Writes the table of list prices anew: `npm run prices -- <file> <version> <date>`, with `model_prices_and_context_window.json` of
 * LiteLLM (BerriAI/litellm, MIT), the version it came with and the day on which it was read.
 */
import { readFileSync, writeFileSync } from "node:fs";

/** What LiteLLM calls a provider, and what its models' names begin with there. */
const PROVIDERS: Readonly<Record<string, string>> = {
  openai: "",
  anthropic: "",
  gemini: "gemini/",
  mistral: "mistral/",
  deepseek: "deepseek/",
  groq: "groq/",
  xai: "xai/",
  cerebras: "cerebras/",
};

/** What a pipeline of texts asks for: texts and vectors. */
const MODES: ReadonlySet<string | undefined> = new Set(["chat", "embedding"]);

/** Models that no pipeline of texts asks. */
const OTHERS =
  /^ft:|audio|realtime|computer-use|search|robotics|deep-research|lyria|omni|tts|voxtral|guard|vision-exp|-exp-/;

interface Entry {
  readonly litellm_provider?: string;
  readonly mode?: string;
  readonly input_cost_per_token?: number;
  readonly output_cost_per_token?: number;
  readonly cache_read_input_token_cost?: number;
  readonly cache_creation_input_token_cost?: number;
}

const [file = "", version = "", date = ""] = process.argv.slice(2);
const entries = Object.entries(JSON.parse(readFileSync(file, "utf8")) as Readonly<Record<string, Entry>>);
const perMillion = (perToken: number): number => Number((perToken * 1e6).toPrecision(6));

const rows = Object.entries(PROVIDERS).flatMap(([provider, prefix]) =>
  entries
    .filter(([name, { litellm_provider, mode, input_cost_per_token: input = 0 }]) => {
      const isOne = litellm_provider === provider && MODES.has(mode) && name.startsWith(prefix);
      return isOne && input > 0 && !OTHERS.test(name) && !name.slice(prefix.length).startsWith("gemini/");
    })
    .map(([name, entry]) => {
      const { input_cost_per_token: input = 0, output_cost_per_token: output = 0 } = entry;
      const { cache_read_input_token_cost: read, cache_creation_input_token_cost: write } = entry;
      // A price of a cache above that of what is not cached is a slip of the table.
      const cached = read !== undefined && read > 0 && read <= input ? [perMillion(read)] : [];
      const written = write !== undefined && write > input && cached.length > 0 ? [perMillion(write)] : [];
      const prices = [perMillion(input), perMillion(output), ...cached, ...written];
      return { name: `${provider}/${name.slice(prefix.length)}`, prices };
    })
    .toSorted((one, other) => (one.name < other.name ? -1 : 1)),
);

writeFileSync(
  new URL("../src/llm/prices/list-prices.ts", import.meta.url),
  `/** Written by scripts/list-prices.ts; do not edit. The prices are LiteLLM's (BerriAI/litellm ${version}), in dollars. */
export const LIST_PRICES_DATE = "${date}";
export const LIST_PRICES_SOURCE = "LiteLLM ${version}";

type Row = readonly [input: number, output: number, cachedInput?: number, cacheWrite?: number];

/** By provider and model: what a million tokens cost. */
export const LIST_PRICES: Readonly<Record<string, Row>> = {
${rows.map(({ name, prices }) => `  "${name}": [${prices.join(", ")}],`).join("\n")}
};
`,
);
console.log(`${rows.length} models`);
