import { cutText } from "../../text/index.ts";
import { sha256 } from "../../core/base/index.ts";
import { HoldfastError } from "../../core/failure/index.ts";
import type { JsonValue } from "../../core/base/index.ts";
import type { BrokenElement } from "../../core/pipeline/index.ts";
import type { ConversationFormat, ParseOptions } from "./conversation-format.ts";
import type { ExportFile } from "./export-files/index.ts";
import { type ParsedElement, type UnparsedElement, parseElements } from "../../stages/extract/json-elements/index.ts";
import { type Fields, isFields } from "../../stages/extract/input/index.ts";
import { type Provider, describeElement, providerOf } from "./provider.ts";

/** A conversation of a known service, not read any further. */
export interface ConversationElement {
  readonly kind: "conversation";
  /**
   * `claude:<uuid>`; if the id is missing, it is derived from the beginning of the chat, or else from its place in the
   * file.
   */
  readonly itemId: string;
  readonly id: string;
  /** Unique in the file. */
  readonly index: number;
  readonly updatedAt: string | undefined;
  readonly fields: Fields;
  readonly format: ConversationFormat;
}

/** An element that looks like no conversation of any service. */
export interface UnknownElement {
  readonly kind: "unknown";
  readonly index: number;
  readonly value: unknown;
  /** Continues a sentence after "found": "an object with the fields a, b". */
  readonly description: string;
}

export interface UnreadableElement {
  readonly kind: "unreadable";
  readonly index: number;
  /** Continues a sentence after the element's name: "is not JSON: ...". */
  readonly reason: string;
  /** The beginning of its text. */
  readonly text: string;
  /** Set when the file itself could not be read on. */
  readonly cause?: HoldfastError;
}

export type ExportElement = ConversationElement | UnknownElement | UnreadableElement;

export interface ElementOptions extends ParseOptions {
  readonly formats: readonly ConversationFormat[];
  /** The service of elements that look like none: the one the user named, or the one of the file's other elements. */
  readonly otherwise?: Provider | undefined;
  /** Takes all elements for this service's, whatever they look like. */
  readonly from?: Provider | undefined;
}

/** The elements of one file, each with the service it came from. A file that cannot be read on ends with that. */
export async function* elementsOf(
  file: ExportFile,
  options: ElementOptions,
): AsyncGenerator<ExportElement, void, undefined> {
  let next = 0;
  try {
    for await (const element of parseElements(file.read())) {
      next = element.index + 1;
      yield classify(element, file, options);
    }
  } catch (error) {
    if (!(error instanceof HoldfastError) || error.code !== "input_malformed") throw error;
    const reason = `could not be read: ${error.message.replace(/\.$/, "")}`;
    yield { kind: "unreadable", index: next, reason, text: "", cause: error };
  }
}

function classify(element: ParsedElement | UnparsedElement, file: ExportFile, options: ElementOptions): ExportElement {
  const { index } = element;
  if (element.kind === "broken") return { kind: "unreadable", index, reason: element.reason, text: element.text };
  const { value } = element;
  const provider = options.from ?? providerOf(value) ?? options.otherwise;
  const format = options.formats.find((format) => format.provider === provider);
  if (!format) return { kind: "unknown", index, value, description: describeElement(value) };
  const complaint = isFields(value) ? format.complaint(value, options) : "is not an object";
  if (!isFields(value) || complaint !== undefined) {
    return { kind: "unreadable", index, reason: complaint ?? "", text: beginningOf(value) };
  }
  const { id: ownId, beginning, updatedAt } = format.identify(value);
  const id = ownId ?? (beginning && idOfBeginning(beginning)) ?? placeOf(file, index);
  return { kind: "conversation", itemId: `${format.provider}:${id}`, id, index, updatedAt, fields: value, format };
}

/** In the next export another chat may be at that place: its note would be overwritten. */
const idOfBeginning = (beginning: JsonValue): string => `without-id#${sha256(JSON.stringify(beginning)).slice(0, 12)}`;

/** `conversations.json#7`: the same in every run, as long as the file is. */
export const placeOf = (file: ExportFile, index: number): string => `${file.name}#${index}`;

/** A broken element, which does not affect the others. */
export function brokenElement(element: UnreadableElement, file: ExportFile): BrokenElement {
  const itemId = placeOf(file, element.index);
  return {
    kind: "broken",
    itemId,
    sourcePath: `${file.path}#${element.index}`,
    error: new HoldfastError(
      "input_malformed",
      `Conversation ${itemId} ${element.reason}. The others are not affected.`,
      { hint: "Ask the service for a new export if the conversation matters.", cause: element.cause },
    ),
    input: element.text,
  };
}

const SHOWN_CHARACTERS = 2_000;

function beginningOf(value: unknown): string {
  try {
    return cutText(JSON.stringify(value), SHOWN_CHARACTERS).toWellFormed();
  } catch {
    // JSON.parse allows deeper nesting than JSON.stringify.
    return "";
  }
}
