import type { FaultRow } from "../fault-row.ts";
import {
  INCOMPLETE_SERVER,
  NOT_LOADED,
  RUNNER_DIED,
  RUNNER_GONE,
  TOO_BIG_FOR_MEMORY,
  UNREADABLE_MODEL,
} from "../meanings.ts";

/**
 * What is said for a process that has died, or that cannot load a model. They come first: what follows such words may be the
 * last line that the process wrote, for any request of anybody.
 */
export const RUNNER_ROWS: readonly FaultRow[] = [
  {
    means: RUNNER_GONE,
    words: /^llama(?:-server| runner) process no longer running/i,
    said: [
      {
        by: "Ollama",
        source: "ollama/ollama llm/llama_server.go",
        status: 500,
        body: {
          error:
            "llama-server process no longer running: unknown error: task id = 0, error: request (20019 tokens) exceeds the available context size (8192 tokens), try increasing it",
        },
      },
    ],
  },
  {
    means: RUNNER_DIED,
    words: /^an error was encountered while running the model|^model runner has unexpectedly stopped/i,
    said: [
      {
        by: "Ollama",
        source: "ollama/ollama server/routes.go",
        status: "in answer",
        body: {
          error:
            "an error was encountered while running the model: error: request (20019 tokens) exceeds the available context size (8192 tokens), try increasing it",
        },
      },
      {
        by: "Ollama",
        source: "ollama/ollama llm/llama_server.go",
        status: 500,
        body: {
          error:
            "model runner has unexpectedly stopped, this may be due to resource limitations or an internal error, check ollama server logs for details",
        },
      },
    ],
  },
  {
    means: RUNNER_DIED,
    words: /^(?:the model has crashed|model (?:is |was )?unloaded|channel error)/i,
    said: [
      {
        by: "LM Studio",
        source: "lmstudio-ai/lmstudio-bug-tracker#1347",
        status: 400,
        body: { error: "The model has crashed without additional information. (Exit code: 18446744072635812000)" },
      },
      {
        by: "LM Studio",
        source: "lmstudio-ai/lmstudio-bug-tracker#1170",
        status: 400,
        body: { error: "Model is unloaded." },
      },
    ],
  },
  {
    means: TOO_BIG_FOR_MEMORY,
    words:
      /requires more system memory|reported out-of-memory during startup|^unable to load full model on GPU|^llama(?:-server| runner) process has terminated: .{0,200}out of memory/is,
    said: [
      {
        by: "Ollama",
        source: "ollama/ollama#16968",
        status: 500,
        body: {
          error:
            "llama-server startup failed before projector CPU offload retry: llama-server reported out-of-memory during startup: ggml_backend_cpu_buffer_type_alloc_buffer: failed to allocate buffer of size 9663676416",
        },
      },
      {
        by: "Ollama",
        source: "ollama/ollama#9782",
        status: 500,
        body: {
          error:
            "llama runner process has terminated: cudaMalloc failed: out of memory\nggml_gallocr_reserve_n: failed to allocate CUDA0 buffer of size 838447104",
        },
      },
      {
        by: "Ollama",
        source: "ollama/ollama server/sched.go",
        status: 500,
        body: { error: "unable to load full model on GPU" },
      },
      {
        by: "Ollama, before May 2026",
        source: "ollama/ollama#16031",
        status: 500,
        body: { error: "model requires more system memory (12.4 GiB) than is available (7.1 GiB)" },
      },
    ],
  },
  {
    means: INCOMPLETE_SERVER,
    words: /^llama-server binary not found/i,
    said: [
      {
        by: "Ollama",
        source: "ollama/ollama llm/llama_server.go",
        status: 500,
        body: {
          error:
            "llama-server binary not found (checked: /usr/lib/ollama/llama-server). Run 'cmake -S llama/server --preset cpu && cmake --build --preset cpu' first",
        },
      },
    ],
  },
  {
    means: UNREADABLE_MODEL,
    words:
      /unknown model architecture|may be incompatible with your version|error loading model|^(?:llama runner: )?failed to load model|^unable to load model|exceeds file size/i,
    said: [
      {
        by: "Ollama",
        source: "ollama/ollama#18486",
        status: 500,
        body: {
          error:
            "llama-server process has terminated: exit status 1: error loading model: unknown model architecture: 'mllama'",
        },
      },
      {
        by: "Ollama",
        source: "docker/genai-stack#138",
        status: 500,
        body: {
          error:
            "llama runner: failed to load model '/root/.ollama/models/blobs/sha256:c1864a5e': this model may be incompatible with your version of Ollama. If you previously pulled this model, try updating it by running `ollama pull gemma:2b`",
        },
      },
      {
        by: "Ollama",
        source: "ollama/ollama#16014",
        status: 500,
        body: { error: "unable to load model: /root/.ollama/models/blobs/sha256-02025860" },
      },
      {
        by: "Ollama",
        source: "ollama/ollama fs/ggml/gguf.go",
        status: 500,
        body: { error: 'tensor "blk.9.ffn_down.weight" offset+size (52925248) exceeds file size (52428800)' },
      },
      {
        by: "LM Studio",
        source: "charmbracelet/crush#2546",
        status: 400,
        body: { error: { message: 'Failed to load model "qwen/qwen3-coder-30b". Error: Operation canceled.' } },
      },
    ],
  },
  {
    means: NOT_LOADED,
    words: /^timed out waiting for llama(?:-server| runner) to start|^llama(?:-server| runner) process has terminated/i,
    said: [
      {
        by: "Ollama",
        source: "ollama/ollama#18123",
        status: 500,
        body: { error: "timed out waiting for llama-server to start - progress 0.42 - " },
      },
      {
        by: "Ollama",
        source: "ollama/ollama#4912",
        status: 500,
        body: { error: "llama runner process has terminated: signal: aborted (core dumped)" },
      },
    ],
  },
];
