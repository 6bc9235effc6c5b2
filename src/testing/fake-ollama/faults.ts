/**
 * What the fake does in place of a plain answer. Each is something a real Ollama does, or the network in front of it.
 * Where half an answer is sent first, it is the first half of its chunks.
 */
export type Fault =
  /** Answers with this status and body; the model never runs. */
  | {
      readonly does: "respond";
      readonly status: number;
      readonly body: Readonly<Record<string, unknown>> | string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** Breaks the connection before any header. */
  | { readonly does: "reset" }
  /** Breaks the connection after half the answer. */
  | { readonly does: "reset_mid_stream" }
  /** HTTP stays 200: half the answer, then a line with `error`. With `stream: false` it is a 500. */
  | { readonly does: "error_mid_stream"; readonly text: string }
  /** Half the answer, then a clean end. With `stream: false` it is a 200 with `done: false`. */
  | { readonly does: "end_without_done" }
  /** A finished answer with nothing in `content` and everything in `thinking`. */
  | { readonly does: "think_only" }
  /** A finished answer with nothing in it. */
  | { readonly does: "say_nothing" }
  /** Half the answer, finished with `done_reason: "length"`. */
  | { readonly does: "cut_at_length" }
  /** The whole answer without `prompt_eval_count`, as old versions do for a cached prompt. */
  | { readonly does: "omit_prompt_count" }
  /** Loads the model again first: no header for so long, then the whole answer. */
  | { readonly does: "load_slowly"; readonly loadMs: number }
  /** Never answers. */
  | { readonly does: "hang" }
  /** Half the answer, then nothing more. */
  | { readonly does: "stall_mid_stream" }
  /** Half the answer, then a line that is no JSON. */
  | { readonly does: "garble_mid_stream" }
  /** The listener closes and every connection breaks; it listens again after so long. */
  | { readonly does: "outage"; readonly outageMs: number };

/** Names of the faults in {@link FAULTS}. */
export type FaultName =
  | "queue_full"
  | "runner_died"
  | "load_timeout"
  | "load_failed"
  | "out_of_memory"
  | "out_of_memory_before_2026"
  | "does_not_fit_gpu"
  | "incompatible"
  | "broken_file"
  | "no_binary"
  | "runner_gone"
  | "client_closed"
  | "model_not_found"
  | "model_not_found_try_pulling"
  | "too_long_chat"
  | "too_long_completion"
  | "no_chat"
  | "no_thinking"
  | "bad_format"
  | "bad_option"
  | "cloud_unauthorized"
  | "cloud_forbidden"
  | "cloud_rate_limit"
  | "cloud_usage_limit"
  | "cloud_bad_gateway"
  | "cloud_overloaded"
  | "reset"
  | "reset_mid_stream"
  | "error_mid_stream"
  | "end_without_done"
  | "think_only"
  | "say_nothing"
  | "cut_at_length"
  | "omit_prompt_count"
  | "hang"
  | "stall_mid_stream"
  | "garble_mid_stream";

const respond = (status: number, error: string, headers?: Readonly<Record<string, string>>): Fault => ({
  does: "respond",
  status,
  body: { error },
  ...(headers && { headers }),
});

/** What llama-server says of a prompt that does not fit; the native chat path passes it on as a string inside `error`. */
export const tooLongForChat = (promptTokens: number, contextTokens: number): Fault =>
  respond(
    400,
    JSON.stringify({
      error: {
        code: 400,
        message: `request (${promptTokens} tokens) exceeds the available context size (${contextTokens} tokens), try increasing it`,
        type: "exceed_context_size_error",
        n_prompt_tokens: promptTokens,
        n_ctx: contextTokens,
      },
    }),
  );

/** The faults of a real server by name, with the words it uses. */
export const FAULTS: Readonly<Record<FaultName, Fault>> = {
  // The two spaces are Ollama's own; there is no Retry-After.
  queue_full: respond(503, "server busy, please try again.  maximum pending requests exceeded"),
  runner_died: respond(
    500,
    "model runner has unexpectedly stopped, this may be due to resource limitations or an internal error, check ollama server logs for details",
  ),
  load_timeout: respond(500, "timed out waiting for llama-server to start - progress 0.42 - "),
  load_failed: respond(500, "llama-server process has terminated: exit status 2"),
  out_of_memory: respond(
    500,
    "llama-server reported out-of-memory during startup: ggml_backend_cpu_buffer_type_alloc_buffer: failed to allocate buffer of size 9663676416",
  ),
  out_of_memory_before_2026: respond(500, "model requires more system memory (12.4 GiB) than is available (7.1 GiB)"),
  does_not_fit_gpu: respond(500, "unable to load full model on GPU"),
  incompatible: respond(
    500,
    "failed to load model: unknown architecture: this model may be incompatible with your version of Ollama. If you previously pulled this model, try updating it by running `ollama pull llama3.2`",
  ),
  broken_file: respond(500, 'tensor "blk.9.ffn_down.weight" offset+size (52925248) exceeds file size (52428800)'),
  no_binary: respond(
    500,
    "llama-server binary not found (checked: /usr/lib/ollama/llama-server). Run 'cmake -S llama/server --preset cpu && cmake --build --preset cpu' first",
  ),
  // What follows is the last line that the process wrote, for whichever request.
  runner_gone: respond(
    500,
    "llama-server process no longer running: unknown error: task id = 0, error: request (20019 tokens) exceeds the available context size (8192 tokens), try increasing it",
  ),
  client_closed: respond(499, "request canceled"),
  model_not_found: respond(404, "model 'gone' not found"),
  model_not_found_try_pulling: respond(404, 'model "gone" not found, try pulling it first'),
  too_long_chat: tooLongForChat(9001, 4096),
  too_long_completion: respond(
    400,
    "the prompt is longer than the context length currently available to the model; shorten the prompt, adjust the context length in settings, or use a model with a longer context length",
  ),
  no_chat: respond(400, '"embedder" does not support chat'),
  no_thinking: respond(400, '"llama3.2" does not support thinking'),
  bad_option: respond(500, 'option "num_ctx" must be of type integer'),
  bad_format: respond(500, 'invalid format: 1; expected "json" or a valid JSON Schema object'),
  cloud_unauthorized: {
    does: "respond",
    status: 401,
    body: { error: "unauthorized", signin_url: "https://ollama.com/connect?name=host&key=abc" },
  },
  cloud_forbidden: respond(403, "this model requires a subscription, upgrade for access: https://ollama.com/upgrade"),
  cloud_rate_limit: respond(429, "too many concurrent requests", { "retry-after": "2" }),
  cloud_usage_limit: respond(
    429,
    "you (someone) have reached your weekly usage limit, upgrade for higher limits: https://ollama.com/upgrade",
  ),
  cloud_bad_gateway: { does: "respond", status: 502, body: "Bad Gateway" },
  cloud_overloaded: respond(503, "Server overloaded, please retry shortly (ref: 1f2e3d4c)"),
  reset: { does: "reset" },
  reset_mid_stream: { does: "reset_mid_stream" },
  error_mid_stream: {
    does: "error_mid_stream",
    text: "an error was encountered while running the model: unexpected EOF",
  },
  end_without_done: { does: "end_without_done" },
  think_only: { does: "think_only" },
  say_nothing: { does: "say_nothing" },
  cut_at_length: { does: "cut_at_length" },
  omit_prompt_count: { does: "omit_prompt_count" },
  hang: { does: "hang" },
  stall_mid_stream: { does: "stall_mid_stream" },
  garble_mid_stream: { does: "garble_mid_stream" },
};
