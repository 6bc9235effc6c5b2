import { countTokens } from "../fake-server/tokens.ts";
import type { AnthropicBlock, AnthropicCallBody } from "./wire.ts";

/** The shortest prompt that is kept. */
const LEAST_TOKENS = 1024;

/** What a request takes from the cache of prompts, and adds to it, in tokens. */
export interface CacheUse {
  readonly read: number;
  readonly written: number;
}

/** A cache of prompts: it keeps what stands before a `cache_control`, and finds it at the beginning of later prompts. */
export function createPromptCache(): (body: AnthropicCallBody) => CacheUse {
  const kept = new Set<string>();
  return (body) => {
    const prefix = prefixOf(body);
    if (countTokens(prefix) < LEAST_TOKENS) return { read: 0, written: 0 };
    const known = [...kept].filter((one) => prefix.startsWith(one)).toSorted((a, b) => b.length - a.length)[0] ?? "";
    kept.add(prefix);
    const read = countTokens(known);
    return { read, written: countTokens(prefix) - read };
  };
}

/** The texts up to the last `cache_control`; at the top of the request it stands for all of them. */
function prefixOf({ system, messages, cache_control }: AnthropicCallBody): string {
  const blocks = [system ?? "", ...messages.map(({ content }) => content)].flatMap(blocksOf);
  const last = isSet(cache_control) ? blocks.length - 1 : blocks.findLastIndex((block) => isSet(block.cache_control));
  return blocks
    .slice(0, last + 1)
    .map(({ text = "" }) => text)
    .join("\n");
}

const blocksOf = (content: string | readonly AnthropicBlock[]): readonly AnthropicBlock[] =>
  typeof content === "string" ? (content === "" ? [] : [{ type: "text", text: content }]) : content;

const isSet = (value: unknown): boolean => value !== undefined && value !== null;
