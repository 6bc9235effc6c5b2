import { basename, resolve } from "node:path";
import { HoldfastError } from "../../../core/failure/index.ts";
import type { Source, SourceContext, SourceInput, SourceRecord } from "../../../core/pipeline/index.ts";
import type { StandardSchema } from "../../../core/base/index.ts";
import { DESCRIPTION_OF_KIND, contentKind, fingerprint, readInput } from "../input/index.ts";
import { linesOf } from "./lines.ts";
import { parseLine } from "./parse-line.ts";

/** What {@link readJsonl} makes of a line. */
export interface ReadJsonlOptions<C> {
  /** The schema of each line; its output is the content. Any Standard Schema: zod, valibot, arktype. */
  readonly schema?: StandardSchema<unknown, C>;
  /** The item's id, the same in every run. @default the content's `id`, or else `<file name>#<line>` */
  readonly id?: (content: C) => string;
}

/**
 * A source that reads a JSON Lines file, one JSON value per line; blank lines are skipped. A line that is not JSON or
 * does not match the schema becomes a failed item; of several lines with one id the first counts. Without a schema the
 * content is `unknown`. A relative path starts at the current folder.
 *
 * @example
 * ```ts
 * import { readJsonl } from "holdfast/sources";
 * import { z } from "zod";
 *
 * const docs = readJsonl("examples/summaries/docs.jsonl", { schema: z.object({ id: z.string(), text: z.string() }) });
 * for await (const record of docs.read({ signal: new AbortController().signal })) {
 *   if (record.kind === "item") console.log(record.itemId, record.content.text.length);
 * }
 * // prints: kelp 251
 * // prints: retries 258
 * // prints: checkpoints 281
 * ```
 */
export function readJsonl<C>(
  path: string,
  options: ReadJsonlOptions<C> & { readonly schema: StandardSchema<unknown, C> },
): Source<C>;
/** The same without a schema: the content is `unknown`. */
export function readJsonl(path: string, options?: ReadJsonlOptions<unknown>): Source<unknown>;
export function readJsonl(path: string, options: ReadJsonlOptions<unknown> = {}): Source<unknown> {
  const absolutePath = resolve(path);
  return {
    name: "read_jsonl",
    version: 1,
    check: () => checkFile(absolutePath),
    read: (ctx) => readLines(absolutePath, options, ctx),
  };
}

async function checkFile(path: string): Promise<readonly SourceInput[]> {
  for await (const chunk of readInput(path)) {
    const kind = contentKind(chunk);
    if (kind === "json" || kind === "other" || kind === "empty") break;
    throw new HoldfastError("input_malformed", `${path} ${DESCRIPTION_OF_KIND[kind]}, not JSON Lines.`, {
      hint: "Give a text file in UTF-8 with one JSON value on each line.",
    });
  }
  return [await fingerprint(path)];
}

async function* readLines(
  path: string,
  options: ReadJsonlOptions<unknown>,
  { signal }: SourceContext,
): AsyncGenerator<SourceRecord<unknown>, void, undefined> {
  yield { kind: "total", count: await countLines(path, signal) };
  const ids = new Set<string>();
  for await (const line of linesOf(readInput(path))) {
    signal.throwIfAborted();
    const sourcePath = `${path}#${line.number}`;
    const parsed = await parseLine(line, basename(path), options);
    if (!parsed.ok) {
      yield { kind: "broken", itemId: parsed.place, sourcePath, error: parsed.error, input: parsed.input };
      continue;
    }
    const { id, content } = parsed;
    if (ids.has(id)) {
      yield { kind: "skipped", itemId: `${id}#${line.number}`, sourcePath, reason: "an earlier line has the same id" };
      continue;
    }
    ids.add(id);
    yield { kind: "item", itemId: id, sourcePath, content };
  }
}

async function countLines(path: string, signal: AbortSignal): Promise<number> {
  let count = 0;
  for await (const _line of linesOf(readInput(path))) {
    signal.throwIfAborted();
    count++;
  }
  return count;
}
