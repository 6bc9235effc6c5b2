import { z } from "zod";
import { StepError } from "../../../core/failure/index.ts";
import { originalText, storableText } from "../../../text/index.ts";
import type { ContentBox } from "./content-box.ts";
import { INLINE_CHARACTERS, MOST_INLINE_PARTS, MOST_PARTS, type ContentText } from "./job.ts";

/**
 * The one form in which anything goes into the queue and comes out of it, for each database: texts that it takes, and a
 * size that it takes. Larger values are kept beside the job as one content. What a person or a filter asks a job for
 * without reading it (`visible`) stays where it is.
 */
export async function toWire(
  value: object,
  { box, visible = {} }: { readonly box: ContentBox; readonly visible?: Readonly<Record<string, unknown>> },
): Promise<unknown> {
  const wire = storable(value);
  let characters = 0;
  anyText(wire, (text) => (characters += text.length) > MOST_INLINE);
  if (characters <= MOST_INLINE) return wire;
  const sealed = await box.pack(textOf(wire));
  return { version: 1, ...visible, sealed };
}

/** The value with texts that any database takes. */
export const storable = <T>(value: T): T => mapTexts(value, storableText);

function textOf(wire: unknown): string {
  try {
    return JSON.stringify(wire);
  } catch (cause) {
    throw new StepError("input", "What belongs to the item is too large for a worker.", { cause });
  }
}

/** What {@link toWire} was given, as far as nobody has changed it: it is checked, and then its texts are opened. */
export async function fromWire<T>(value: unknown, { box, schema }: FromWireOptions<T>): Promise<WireAnswer<T>> {
  const [sealed] = sealedContents(value);
  return readWire(sealed ? (await box.unpack(sealed)).content : value, schema);
}

/** The same of a value that nothing is kept beside the job of. */
export function readWire<T>(value: unknown, schema: z.ZodType<T>): WireAnswer<T> {
  const read = schema.safeParse(value);
  return read.success ? { value: mapTexts(read.data, originalText) } : { problem: describeProblem(read.error) };
}

/** What is kept beside a job in its place, if anything. */
export function sealedContents(value: unknown): readonly ContentText[] {
  // Next to none is, and a check that fails costs more than one that is met.
  if (typeof value !== "object" || value === null || !("sealed" in value)) return [];
  const { data } = sealedIn.safeParse(value);
  return data ? [data.sealed] : [];
}

export interface FromWireOptions<T> {
  readonly box: ContentBox;
  readonly schema: z.ZodType<T>;
}

export type WireAnswer<T> =
  | { readonly value: T; readonly problem?: undefined }
  | { readonly value?: undefined; readonly problem: string };

/** A content beside the job, or in it. */
export const contentText: z.ZodType<ContentText> = z.union([
  z.object({ text: z.string().max(INLINE_CHARACTERS * 2) }),
  z.object({ key: z.string().startsWith("content:").max(200), parts: z.int().min(1).max(MOST_PARTS).optional() }),
]);

/** A job's texts together: as many as some contents that each may travel in it. */
export const MOST_INLINE: number = INLINE_CHARACTERS * MOST_INLINE_PARTS;

const sealedIn = z.object({ sealed: contentText });

/** The first thing that is wrong, with its place. */
function describeProblem({ issues: [issue] }: z.ZodError): string {
  if (!issue) return "it is not of the form";
  const place = issue.path.length === 0 ? "it" : `\`${issue.path.map(String).join(".")}\``;
  return `${place} is not of the form (${issue.message.replace(/^Invalid input: /, "")})`;
}

/** The value with each of its texts changed, names of fields included; the value itself when nothing changes, as nearly always. */
function mapTexts<T>(value: T, change: (text: string) => string): T {
  return anyText(value, (text) => change(text) !== text) ? changedTexts(value, change) : value;
}

/** Whether the value has such a text, or a field of such a name. */
function anyText(value: unknown, is: (text: string) => boolean): boolean {
  if (typeof value === "string") return is(value);
  if (typeof value !== "object" || value === null) return false;
  if (Array.isArray(value)) {
    for (const part of value) if (anyText(part, is)) return true;
    return false;
  }
  for (const name of Object.keys(value)) {
    if (is(name) || anyText((value as Readonly<Record<string, unknown>>)[name], is)) return true;
  }
  return false;
}

function changedTexts<T>(value: T, change: (text: string) => string): T;
function changedTexts(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === "string") return change(value);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) {
    const list: readonly unknown[] = value;
    return list.map((part) => changedTexts(part, change));
  }
  return Object.fromEntries(
    Object.entries(value).map(([name, part]: [string, unknown]) => [change(name), changedTexts(part, change)]),
  );
}
