import { driftName } from "../drift.ts";
import { isFields, listOf, textOf, inOneLine } from "../../../stages/extract/input/index.ts";
import type { LinkedPage } from "../sources-list.ts";
import { cleanMarks } from "./citation-marks.ts";
import { cutText, fenced, withoutLast } from "../../../text/index.ts";
import type { MessageFacts } from "./message-facts.ts";
import { imagesOf, joined, readParts } from "./parts.ts";
import { isServiceTool, runsCode } from "./recipient.ts";

export interface ContentReading {
  /** Markdown; "" when there is nothing to show. */
  readonly text: string;
  /** Pages that were found on the web. */
  readonly pages?: readonly LinkedPage[];
  /** Unknown types of the content, or of its parts. */
  readonly unknownTypes: readonly string[];
}

/** What the content of a message gives, whatever its type; never throws. */
export function readContent(facts: MessageFacts): ContentReading {
  const read = READERS.get(facts.contentType);
  return read ? read(facts) : readUnknown(facts);
}

type Reader = (facts: MessageFacts) => ContentReading;

const known = (text: string): ContentReading => ({ text, unknownTypes: [] });
const found = (pages: readonly unknown[]): ContentReading => ({ ...known(""), pages: pages.map(pageOf) });
const nothing: Reader = () => known("");

const SHOWN_OUTPUT_CHARACTERS = 2_000;
const SHOWN_ERROR_CHARACTERS = 240;

const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ["text", readText],
  ["multimodal_text", readText],
  ["code", readCode],
  ["execution_output", ({ content, metadata }) => known(output(textOf(content["text"]), metadata["aggregate_result"]))],
  ["citable_code_output", ({ content }) => known(output(textOf(content["output_str"]), undefined))],
  ["tether_quote", ({ content }) => found([content])],
  ["sonic_webpage", ({ content }) => found([content])],
  ["tether_browsing_display", readFoundPages],
  ["system_error", readError],
  // Thoughts are not what was said; the others are for the model, or pictures of a screen.
  ["thoughts", nothing],
  ["reasoning_recap", nothing],
  ["user_editable_context", nothing],
  ["model_editable_context", nothing],
  ["computer_output", nothing],
  ["app_pairing_content", nothing],
]);

function readText(facts: MessageFacts): ContentReading {
  if (facts.role === "tool") return known(toolText(facts));
  const { text, unknownTypes } = readParts(facts);
  return { text: cleanMarks(text, facts.metadata), unknownTypes };
}

/** What a tool says is for the model; its images are shown, and of a tool from elsewhere a short piece is kept. */
function toolText(facts: MessageFacts): string {
  const { authorName, metadata } = facts;
  const images = imagesOf(facts);
  // The line that stands for a while of thinking, as in "Analysing the data".
  const isThought = "initial_text" in metadata || "finished_text" in metadata;
  if (images !== "" || isThought || isServiceTool(authorName)) return images;
  const line = inOneLine(cleanMarks(readParts(facts).text, metadata), SHOWN_ERROR_CHARACTERS);
  return line === "" ? "" : `[${authorName || "tool"} gave: ${line}]`;
}

/** Code that is run, or written in a language; what is neither is a call to a tool. */
function readCode({ content, recipient }: MessageFacts): ContentReading {
  const code = textOf(content["text"]);
  const language = textOf(content["language"]);
  if (code.trim() === "") return known("");
  if (runsCode(recipient)) return known(fencedCode("python", code));
  if (language !== "" && language !== "unknown" && language !== "json") return known(fencedCode(language, code));
  return known(isCall(code) ? "" : fencedCode("", code));
}

/** JSON, or one function with its arguments, as in `search("tea")`. */
const isCall = (code: string): boolean => /^(?:[[{]|[\w.]+\([^]*\)(?:\s*;)?$)/.test(code.trim());

function output(text: string, aggregate: unknown): string {
  const messages = listOf(isFields(aggregate) ? aggregate["messages"] : undefined);
  const images = messages.filter((message) => isFields(message) && message["message_type"] === "image");
  const shown = text.trim() === "" ? "" : fencedCode("text", cut(text, SHOWN_OUTPUT_CHARACTERS));
  return joined([shown, ...images.map(() => "[image: made by the code]")]);
}

function readFoundPages({ metadata }: MessageFacts): ContentReading {
  const cited = isFields(metadata["_cite_metadata"]) ? metadata["_cite_metadata"] : {};
  return found(listOf(cited["metadata_list"]));
}

function readError({ content }: MessageFacts): ContentReading {
  const said = [textOf(content["name"]), textOf(content["text"])].filter((part) => part !== "").join(": ");
  return known(said === "" ? "" : `[error: ${inOneLine(said, SHOWN_ERROR_CHARACTERS)}]`);
}

/** Text is kept wherever it can be found. */
function readUnknown(facts: MessageFacts): ContentReading {
  const { content, metadata } = facts;
  const parts = readParts(facts);
  const found = [parts.text, textOf(content["text"]), textOf(content["result"]), textOf(content["content"])];
  const text = found.find((one) => one.trim() !== "") ?? "";
  return {
    text: cleanMarks(text.trim(), metadata),
    unknownTypes: [driftName(content["content_type"]), ...parts.unknownTypes],
  };
}

const pageOf = (value: unknown): LinkedPage => {
  const { url, title, domain } = isFields(value) ? value : {};
  return { url: textOf(url), title: textOf(title) || textOf(domain) };
};

const fencedCode = (language: string, code: string): string => fenced(language, withoutLast(code, /\n/));

/** The beginning of a long text, and a line that says how much more there was. */
function cut(text: string, maxCharacters: number): string {
  const shown = cutText(text, maxCharacters).toWellFormed();
  return shown.length === text.length ? text : `${shown}\n… (${text.length - shown.length} more characters)`;
}
