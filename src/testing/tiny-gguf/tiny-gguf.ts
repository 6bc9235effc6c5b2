import { writeFile } from "node:fs/promises";
import { ggufBytes, type GgufTensor, type GgufValue } from "./gguf-file.ts";
import { vocabularyFor, type Vocabulary } from "./vocabulary.ts";

/** What {@link writeTinyGguf} makes. */
export interface TinyGgufOptions {
  /** What the model says to whatever it is asked, a piece at a time. @default a short note in Markdown sections */
  readonly says?: string;
  /** Begins again when it has said everything, so that only a limit ends an answer. @default false */
  readonly isEndless?: boolean;
  /** The longest context it claims to be made for, in tokens. @default 2048 */
  readonly contextTokens?: number;
}

const NOTE = `# A note by a very small model

## Summary

It says the same thing to everyone who asks, and it says it word for word.

## Tags

tiny, model, kelp

## Content

Kelp grips rock with a holdfast. This model grips one text with as many dimensions as that text has pieces.
`;

/**
 * Writes a language model of about a megabyte that llama.cpp can load and run: a real tokenizer, real evaluation, one
 * layer. Its weights are set by hand so that each piece of its text is followed by the next one, and so nothing is
 * learned and nothing is downloaded. Resolves with the path.
 *
 * @example
 * ```ts
 * import { createGguf } from "holdfast/llm";
 * import { writeTinyGguf } from "holdfast/testing";
 *
 * const file = await writeTinyGguf("tiny.gguf", { contextTokens: 512 });
 * const model = createGguf({ file, gpu: false });
 * console.log((await model.check()).contextTokens);
 * await model.close?.();
 * // prints: 512
 * ```
 */
export async function writeTinyGguf(path: string, options: TinyGgufOptions = {}): Promise<string> {
  const { says = NOTE, isEndless = false, contextTokens = 2048 } = options;
  const vocabulary = vocabularyFor(says);
  const width = widthFor(vocabulary);
  await writeFile(
    path,
    ggufBytes({
      metadata: { ...architecture(width, contextTokens), ...tokenizer(vocabulary) },
      tensors: [...embeddings(vocabulary, width, isEndless), ...emptyLayer(width)],
    }),
  );
  return path;
}

const HEADS = 2;
const FEED_FORWARD = 32;

/** One dimension for each piece, and one that all other tokens share; heads are of even width. */
const widthFor = ({ saidIds }: Vocabulary): number => Math.ceil((saidIds.length + 1) / 32) * 32;

const uint32 = (value: number): GgufValue => ({ type: "uint32", value });
const text = (value: string): GgufValue => ({ type: "string", value });

const architecture = (width: number, contextTokens: number): Record<string, GgufValue> => ({
  "general.architecture": text("llama"),
  "general.name": text("tiny"),
  "general.file_type": uint32(0),
  "llama.context_length": uint32(contextTokens),
  "llama.embedding_length": uint32(width),
  "llama.block_count": uint32(1),
  "llama.feed_forward_length": uint32(FEED_FORWARD),
  "llama.attention.head_count": uint32(HEADS),
  "llama.attention.head_count_kv": uint32(HEADS),
  "llama.attention.layer_norm_rms_epsilon": { type: "float32", value: 1e-5 },
  "llama.rope.dimension_count": uint32(width / HEADS),
});

const tokenizer = ({ tokens, scores, kinds, unknownId, beginId, endId }: Vocabulary): Record<string, GgufValue> => ({
  "tokenizer.ggml.model": text("llama"),
  "tokenizer.ggml.tokens": { type: "strings", values: tokens },
  "tokenizer.ggml.scores": { type: "float32s", values: scores },
  "tokenizer.ggml.token_type": { type: "int32s", values: kinds },
  "tokenizer.ggml.unknown_token_id": uint32(unknownId),
  "tokenizer.ggml.bos_token_id": uint32(beginId),
  "tokenizer.ggml.eos_token_id": uint32(endId),
  "tokenizer.ggml.add_bos_token": { type: "bool", value: true },
  "tokenizer.chat_template": text(CHAT_TEMPLATE),
});

const CHAT_TEMPLATE =
  "{% for message in messages %}{{ message['role'] + ': ' + message['content'] + '</s>' }}{% endfor %}" +
  "{% if add_generation_prompt %}{{ 'assistant:' }}{% endif %}";

/**
 * A token that is read points in the direction of its place in the text (0 for any token that is not of the text), and
 * a token is likely when the direction it listens to is the one pointed in: that of the piece before it.
 */
function embeddings(vocabulary: Vocabulary, width: number, isEndless: boolean): readonly GgufTensor[] {
  const { tokens, saidIds, endId } = vocabulary;
  const points = new Float32Array(width * tokens.length);
  const listens = new Float32Array(width * tokens.length);
  for (let id = 0; id < tokens.length; id += 1) points[id * width + (saidIds.indexOf(id) + 1)] = 1;
  const successors = [...saidIds, isEndless ? (saidIds[0] ?? endId) : endId];
  for (const [place, id] of successors.entries()) listens[id * width + place] = 1;
  return [
    { name: "token_embd.weight", shape: [width, tokens.length], data: points },
    { name: "output_norm.weight", shape: [width], data: new Float32Array(width).fill(1) },
    { name: "output.weight", shape: [width, tokens.length], data: listens },
  ];
}

/** A layer that adds nothing: attention and feed-forward weights of zero. */
function emptyLayer(width: number): readonly GgufTensor[] {
  const zeros = (name: string, ...shape: readonly number[]): GgufTensor => ({
    name: `blk.0.${name}.weight`,
    shape,
    data: new Float32Array(shape.reduce((product, length) => product * length, 1)),
  });
  return [
    zeros("attn_norm", width),
    zeros("attn_q", width, width),
    zeros("attn_k", width, width),
    zeros("attn_v", width, width),
    zeros("attn_output", width, width),
    zeros("ffn_norm", width),
    zeros("ffn_gate", width, FEED_FORWARD),
    zeros("ffn_up", width, FEED_FORWARD),
    zeros("ffn_down", FEED_FORWARD, width),
  ];
}
