import { createHash } from "node:crypto";
import { open, readdir, type FileHandle } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { HoldfastError } from "../../core/failure/index.ts";
import { didYouMean } from "../naming/did-you-mean.ts";

/** A GGUF file begins with these letters. */
const MAGIC = "GGUF";
/** How much is read at the start, where vocabulary and settings are, and at each place after it. */
const SAMPLE_BYTES = 1 << 20;
const SAMPLES = 16;

/**
 * A mark of what is in a model's file: 12 hex digits from its size and from samples of it, because reading all of a file
 * of many gigabytes takes longer than many a run. Throws a `HoldfastError` (`model_unusable`) for what is no GGUF file.
 */
export async function markOf(path: string): Promise<string> {
  const file = await open(path).catch((cause: unknown) => notThere(path, cause));
  try {
    const { size } = await file.stat().catch((cause: unknown) => notGguf(path, cause));
    const hash = createHash("sha256").update(`${size}\n`);
    for (let sample = 0; sample < SAMPLES; sample += 1) {
      const at = Math.floor((sample * Math.max(0, size - SAMPLE_BYTES)) / (SAMPLES - 1));
      const bytes = await readAt(file, at).catch((cause: unknown) => notGguf(path, cause));
      if (sample === 0 && bytes.subarray(0, MAGIC.length).toString("latin1") !== MAGIC) return notGguf(path);
      hash.update(bytes);
      if (size <= SAMPLE_BYTES) break;
    }
    return hash.digest("hex").slice(0, 12);
  } finally {
    await file.close();
  }
}

async function readAt(file: FileHandle, position: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(SAMPLE_BYTES), 0, SAMPLE_BYTES, position);
  return buffer.subarray(0, bytesRead);
}

async function notThere(path: string, cause: unknown): Promise<never> {
  const names = await readdir(dirname(path)).catch(() => []);
  const models = names.filter((name) => /\.gguf$/i.test(name));
  const [meant] = didYouMean(basename(path), models);
  throw new HoldfastError(
    "model_unusable",
    `The model file ${path} cannot be read.${meant ? ` Did you mean "${meant}"?` : ""}`,
    {
      cause,
      hint: models.length === 0 ? { kind: "give_model_file" } : `That folder has: ${models.join(", ")}.`,
    },
  );
}

function notGguf(path: string, cause?: unknown): never {
  throw new HoldfastError("model_unusable", `${path} is not a GGUF file.`, {
    ...(cause !== undefined && { cause }),
    hint: "Convert models of other formats (safetensors, PyTorch, Ollama's own folder) to .gguf, or download them as .gguf.",
  });
}
