import { cutText } from "../../../text/index.ts";
import { type SplitOptions, splitElements } from "./split-elements.ts";

export interface ParsedElement {
  readonly kind: "parsed";
  readonly index: number;
  readonly value: unknown;
}

export interface UnparsedElement {
  readonly kind: "broken";
  readonly index: number;
  /** Continues a sentence after the element's name: "is not JSON: ...". */
  readonly reason: string;
  /** The beginning of its text. */
  readonly text: string;
}

const SHOWN_CHARACTERS = 2_000;

/**
 * Parses each element that {@link splitElements} finds separately, so that one invalid element does not affect the
 * others.
 */
export async function* parseElements(
  chunks: AsyncIterable<Uint8Array>,
  options: SplitOptions = {},
): AsyncGenerator<ParsedElement | UnparsedElement, void, undefined> {
  for await (const element of splitElements(chunks, options)) {
    yield element.kind === "broken" ? element : parsed(element.index, element.text);
  }
}

function parsed(index: number, text: string): ParsedElement | UnparsedElement {
  try {
    return { kind: "parsed", index, value: JSON.parse(text) };
  } catch (error) {
    const reason = `is not JSON: ${error instanceof Error ? error.message : String(error)}`;
    return { kind: "broken", index, reason, text: cutText(text.trim(), SHOWN_CHARACTERS).toWellFormed() };
  }
}
