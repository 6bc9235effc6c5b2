import type { GenerateRequest, Model } from "../../core/model/index.ts";
import { likelyLanguage } from "../../text/index.ts";
import { pickBest, rankSentences } from "./salience.ts";
import { readSentences } from "./sentences.ts";
import { joinSentences } from "./summary.ts";
import { termReader } from "./terms.ts";
import { readTopic } from "./topic.ts";
import { digest } from "./digest.ts";
import { readVoices } from "./voices.ts";
import { isRequest } from "./words/phrases.ts";
import { writeAnswer } from "./write-answer.ts";

/** Raise it when the same chat should give another note: cached notes of older versions are then ignored. */
const VERSION = 2;

const SENTENCES_OF_PLAIN_ANSWER = 3;

/**
 * The engine that needs no model: it quotes the sentences, commands and code that say most about a chat. It invents
 * nothing, follows no instructions, makes no calls, and always gives the same answer. With `material` it answers in the
 * Markdown sections of a note; with a prompt alone, in the two or three sentences of the prompt that say most.
 *
 * @example
 * ```ts
 * import { createExtractive } from "holdfast/llm";
 *
 * const model = createExtractive();
 * const prompt =
 *   "Kelp is an alga. It grips rock with a holdfast. The holdfast takes up no food. Storms tear kelp from it.";
 * const { text, usage } = await model.generate({ prompt });
 * console.log(text);
 * console.log(model.id, usage);
 * // prints: It grips rock with a holdfast. The holdfast takes up no food. Storms tear kelp from it.
 * // prints: extractive {}
 * ```
 */
export function createExtractive(): Model {
  return Object.freeze({
    id: "extractive",
    fingerprint: `extractive@${VERSION}`,
    lane: undefined,
    check: async () => ({ notes: [] }),
    generate: async ({ material, prompt, signal }: GenerateRequest) => {
      signal?.throwIfAborted();
      return { text: material === undefined ? quote(prompt) : writeAnswer(digest(material)), usage: {} };
    },
  });
}

function quote(prompt: string): string {
  const voices = readVoices({ title: "", messages: [{ role: "assistant", text: prompt }] });
  const language = likelyLanguage(prompt);
  const sentences = readSentences(voices.said, language);
  const read = termReader(language);
  const ranked = rankSentences(sentences, readTopic("", voices, sentences, read), read).filter(
    ({ sentence }) => !isRequest(sentence.plain),
  );
  const best = pickBest(ranked, SENTENCES_OF_PLAIN_ANSWER).map(({ sentence }) => sentence.plain);
  return best.length > 0 ? joinSentences(best) : (sentences[0]?.plain ?? prompt.trim());
}
