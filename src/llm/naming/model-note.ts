/** The known facts about a model before a run; what is `undefined` is left out. */
export interface ModelFacts {
  readonly name: string;
  /** The longest context it was made for, in tokens. */
  readonly madeForTokens?: number | undefined;
  /** The context that the run uses, in tokens. */
  readonly usedTokens?: number | undefined;
  /** How much of it is in the memory of a GPU, from 0 to 1. */
  readonly gpuShare?: number | undefined;
}

/** One line for people: "llama3.2: 131,072 tokens of context, 8,192 used; runs on the CPU: expect it to be slow". */
export function modelNote({ name, madeForTokens, usedTokens, gpuShare }: ModelFacts): string {
  const context = contextWords(madeForTokens, usedTokens);
  const facts = [context, gpuShare === undefined ? undefined : gpuWords(gpuShare)].filter((fact) => fact !== undefined);
  return `${name}: ${facts.join("; ")}`;
}

function contextWords(madeForTokens: number | undefined, usedTokens: number | undefined): string {
  if (madeForTokens === undefined && usedTokens === undefined) return "context length unknown";
  if (usedTokens === undefined || madeForTokens === undefined || usedTokens === madeForTokens) {
    return `${inWords(usedTokens ?? madeForTokens ?? 0)} tokens of context`;
  }
  return `${inWords(madeForTokens)} tokens of context, ${inWords(usedTokens)} used`;
}

function gpuWords(gpuShare: number): string {
  const percent = Math.round(100 * gpuShare);
  if (percent >= 100) return "runs on the GPU";
  if (percent <= 0) return "runs on the CPU: expect it to be slow";
  return `only ${percent}% of it is on the GPU: a smaller model or context would be faster`;
}

const inWords = (count: number): string => count.toLocaleString("en-US");
