import type * as library from "node-llama-cpp";
import { HoldfastError } from "../../core/failure/index.ts";

/** The library that runs the model, which is loaded when it is first needed. */
export type LlamaLibrary = typeof library;

/** The versions that this was written for. */
const INSTALL = "npm install node-llama-cpp@3.21.1";

/** Not a literal in the `import`: a bundler would resolve it, even for a program that never needs it. */
const PACKAGE = "node-llama-cpp";

/** Loads node-llama-cpp, which is not installed with Holdfast: it has between 70 and 700 MB. */
export async function loadLibrary(): Promise<LlamaLibrary> {
  try {
    const loaded = (await import(/* webpackIgnore: true */ /* @vite-ignore */ PACKAGE)) as LlamaLibrary;
    return loaded;
  } catch (cause) {
    throw new HoldfastError("model_unusable", sentenceFor(cause), {
      cause,
      hint: `Run \`${INSTALL}\` where Holdfast is installed, and with -g if Holdfast was installed with -g.`,
    });
  }
}

function sentenceFor(cause: unknown): string {
  const message = cause instanceof Error ? cause.message : String(cause);
  return /Cannot find (package|module) 'node-llama-cpp'/.test(message)
    ? "A gguf: model needs the package node-llama-cpp, which is not installed."
    : `The package node-llama-cpp, which a gguf: model needs, cannot be loaded: ${message}`;
}
