import { StepError } from "../../../core/failure/index.ts";
import { fanOut, type FanOut, defineStep, type Step } from "../../../core/pipeline/index.ts";
import { tokenCounter } from "../../../core/model/index.ts";
import type { Conversation } from "../../conversation.ts";
import { questionAboutPart, settingsOf, type AskOptions } from "../ask/index.ts";
import type { ChatPart } from "../chat-part.ts";
import { promptsWith } from "../prompts/index.ts";
import { factsOf } from "../transcript/index.ts";
import { roomFor, type Counter } from "./chunk-budget.ts";
import { planChunks, type Chunk } from "./plan-chunks.ts";

/** As they are given to `extractKnowledge`: the prompt takes its share of the context. */
export interface SplitChunksOptions extends AskOptions {}

/** A conversation is not cut for less room than this: the prompt alone nearly fills such a context. In tokens. */
const LEAST_ROOM = 200;

/**
 * A step that fans a conversation out into parts when it does not fit into the model's context together with the prompt
 * and the answer; otherwise it passes the conversation on as one. The cuts are made once: resumed or tried again, an
 * item has the same parts.
 *
 * @example
 * ```ts
 * import { definePipeline, runPipeline } from "holdfast";
 * import { readChats, splitChunks } from "holdfast/chats";
 * import { createOllama } from "holdfast/llm";
 * import { writeMarkdown } from "holdfast/sinks";
 * import { startFakeOllama } from "holdfast/testing";
 *
 * await using server = await startFakeOllama();
 * const pipeline = definePipeline("parts").phase("import", (phase) =>
 *   phase
 *     .extract(readChats("examples/claude-export"))
 *     .transform(splitChunks())
 *     .collect("count", (parts) => parts.length)
 *     .load(writeMarkdown("notes", (count) => ({ title: "A chat", body: count === 1 ? "whole" : "in parts" }))),
 * );
 * const model = createOllama({ model: "llama3.2", baseUrl: server.url, numCtx: 4096 });
 * const { session } = await runPipeline(pipeline, { model });
 * // Of 17 chats one is too long for 4096 tokens; its parts are items too.
 * console.log(session.counts.completed, session.phases[0]?.parts?.completed);
 * // prints: 23 6
 * ```
 */
export function splitChunks(options: SplitChunksOptions = {}): Step<Conversation, ChatPart> {
  return defineStep({
    name: "split_chunks",
    // Cheaper here than sending it to a worker.
    ownerOnly: true,
    settings: settingsOf({ ...options, prompts: options.prompts ?? promptsWith() }),
    process: (conversation: Conversation, { model, modelInfo }): ChatPart | FanOut<ChatPart> => {
      const chunks = chunksFor(conversation, options, {
        contextTokens: modelInfo.contextTokens,
        countTokens: tokenCounter(model),
      });
      if (chunks.length < 2) return { conversation };
      const facts = factsOf(conversation);
      return fanOut(
        chunks.map((turns, index): ChatPart => ({
          ...(index === 0 && { conversation }),
          excerpt: { number: index + 1, of: chunks.length, cuts: 1, facts, turns },
        })),
      );
    },
  });
}

/**
 * The chunks that a conversation is worked on in with a model: one for a model without a limit, and for a document that
 * is kept as it is. Throws a `StepError` (`input_too_long`) when the context has no room besides the prompt.
 */
function chunksFor(conversation: Conversation, options: AskOptions, counter: Counter): readonly Chunk[] {
  const asking = { ...options, prompts: options.prompts ?? promptsWith() };
  const empty = questionAboutPart({ number: 1, of: 1, cuts: 0, facts: factsOf(conversation), turns: [] });
  const room = conversation.document ? undefined : roomFor(empty, asking, counter);
  if (room === undefined) return [[]];
  if (room < LEAST_ROOM) {
    throw new StepError(
      "input_too_long",
      `The model's context of ${counter.contextTokens} tokens has no room for a conversation besides the prompt. Use a larger context, or a shorter prompt.`,
    );
  }
  return planChunks(conversation, room, counter.countTokens);
}
