import { join } from "node:path";
import { makeFolder, writeFileAtomic } from "../../core/files/index.ts";
import type { JsonValue } from "../../core/base/index.ts";
import { HoldfastError } from "../../core/failure/index.ts";
import type { AnyPipeline, PhaseDefinition, Sink, Source, StepContext } from "../../core/pipeline/index.ts";
import { readableElement } from "../../core/runner/index.ts";
import { contentText, contentTitle } from "./content-text.ts";

/** A text, and the ending of the name of its file. */
export interface SampleText {
  readonly text: string;
  /** With its dot: `.md`. */
  readonly ending: string;
}

/** What a finished item looks like in a file. */
export type OutputText = (content: JsonValue, ctx: StepContext) => SampleText;

export interface SampleOptions {
  /** The ids of the items, in the order of the sample. */
  readonly items: readonly string[];
  /** The session's folder. It exists when the first item is read. */
  readonly sessionFolder: () => string;
  /** @default the text that is found in the content, else its JSON */
  readonly outputText?: OutputText | undefined;
  /** Called with each item as it is read. */
  readonly onInput?: ((input: SampleInput) => void) | undefined;
}

/** What an item of a sample is made from. */
export interface SampleInput {
  readonly itemId: string;
  /** What its content calls itself; `undefined` when it has no title. */
  readonly title: string | undefined;
  readonly text: string;
  /** Absolute path of the whole text. */
  readonly file: string;
}

/** Where the inputs and outputs of a sample are, inside of its session's folder. */
export const SAMPLE_FOLDER = "sample";

/** The name of an item's files in the folder of the sample, without what follows: its number, from 1. */
export const sampleName = (items: readonly string[], itemId: string): string => {
  const digits = String(items.length).length;
  return String(items.indexOf(itemId) + 1).padStart(digits, "0");
};

/**
 * The first phase of a pipeline over a few items of its source. Its steps are the same, so that their answers are cached for
 * the whole run. It does not load: inputs and outputs are files in the session's folder.
 */
export function samplePipeline(pipeline: AnyPipeline, options: SampleOptions): AnyPipeline {
  const [phase] = pipeline.phases;
  if (phase === undefined) throw new HoldfastError("pipeline_invalid", `Pipeline "${pipeline.name}" has no phase.`);
  const { name, steps, timeouts } = phase;
  return Object.freeze({
    name: pipeline.name,
    phases: Object.freeze([
      Object.freeze({
        name,
        source: sampleSource(phase, options),
        steps,
        sink: keepSample(steps, options),
        ...(timeouts && { timeouts }),
      }),
    ]),
  });
}

function sampleSource({ source }: PhaseDefinition, { items, sessionFolder, onInput }: SampleOptions): Source<unknown> {
  return {
    // Another name, so that a program cannot go on with the session as with the whole.
    name: `sample_of_${source.name}`,
    version: source.version,
    check: (ctx) => source.check(ctx),
    async *read(ctx) {
      const wanted = new Set(items);
      yield { kind: "total", count: items.length };
      if (wanted.size === 0) return;
      const folder = join(sessionFolder(), SAMPLE_FOLDER);
      await makeFolder(folder);
      for await (const record of source.read(ctx)) {
        if (record.kind !== "item" || !wanted.delete(record.itemId)) continue;
        const element = readableElement(record);
        const content = element.kind === "item" ? element.content : null;
        const { text, ending } = contentText(content);
        const file = join(folder, `${sampleName(items, record.itemId)}.input${ending}`);
        await writeFileAtomic(file, text);
        onInput?.({ itemId: record.itemId, title: contentTitle(content), text, file });
        yield record;
        if (wanted.size === 0) return;
      }
    },
  };
}

function keepSample(
  steps: PhaseDefinition["steps"],
  { items, sessionFolder, outputText = contentText }: SampleOptions,
): Sink<never> {
  let name = "keep_sample";
  while (steps.some((step) => step.name === name)) name += "_";
  return {
    name,
    version: 1,
    check: async () => {},
    async load(content: JsonValue, ctx: StepContext) {
      const { text, ending } = outputText(content, ctx);
      const folder = join(sessionFolder(), SAMPLE_FOLDER);
      await makeFolder(folder);
      // Of an item that a step fans out without a collect, the parts come here.
      const of = items.find((id) => ctx.itemId === id || ctx.itemId.startsWith(`${id}/`)) ?? ctx.itemId;
      const part =
        ctx.itemId === of
          ? ""
          : `.${ctx.itemId
              .slice(of.length + 1)
              .replaceAll(/[^\w-]+/g, "_")
              .slice(0, 60)}`;
      const path = join(folder, `${sampleName(items, of)}.output${part}${ending}`);
      await writeFileAtomic(path, text);
      return { outputPath: path };
    },
  };
}
