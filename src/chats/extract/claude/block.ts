import type { ArtifactChange } from "../artifacts/index.ts";
import { driftName } from "../drift.ts";
import { type Fields, isFields, listOf, textOf, inOneLine } from "../../../stages/extract/input/index.ts";
import type { LinkedPage } from "../sources-list.ts";
import { artifactChange, isArtifactTool } from "./artifact-tool.ts";
import { withoutPlaceholder } from "./placeholder.ts";

/** What one block of a message's `content` gives. */
export interface BlockReading {
  /** `prose` is what the writer wrote, `aside` what happened beside it; "" gives nothing. */
  readonly kind: "prose" | "aside";
  readonly text: string;
  readonly artifactChange?: ArtifactChange;
  /** Pages on the web that the text cites. */
  readonly citedPages?: readonly LinkedPage[];
  /** Set when this type is unknown; holds no text of the chat. */
  readonly unknownType?: string;
}

/** Reads one block, of whatever type; never throws. */
export function readBlock(block: unknown): BlockReading {
  if (typeof block === "string") return prose(block);
  if (!isFields(block)) return { ...NOTHING, unknownType: driftName(block) };
  const type = textOf(block["type"]);
  const read = READERS.get(type);
  return read ? read(block) : { ...prose(anyText(block)), unknownType: driftName(block["type"]) };
}

const prose = (text: string): BlockReading => ({ kind: "prose", text: withoutPlaceholder(textOf(text)) });
const aside = (text: string): BlockReading => ({ kind: "aside", text });
const NOTHING: BlockReading = { kind: "aside", text: "" };

const READERS: ReadonlyMap<string, (block: Fields) => BlockReading> = new Map([
  ["text", (block) => ({ ...prose(textOf(block["text"])), citedPages: listOf(block["citations"]).map(citedPage) })],
  ["tool_use", readToolUse],
  ["tool_result", readToolResult],
  ["voice_note", (block) => prose(anyText(block))],
  // Thoughts are not what was said, and the others are notes of the service to itself.
  ...["thinking", "redacted_thinking", "token_budget", "flag", "injected_prompt_block"].map(
    (type): [string, () => BlockReading] => [type, () => NOTHING],
  ),
]);

const SHOWN_INPUT_CHARACTERS = 160;
const SHOWN_RESULT_CHARACTERS = 240;

function readToolUse(block: Fields): BlockReading {
  const name = textOf(block["name"]) || "tool";
  const input = isFields(block["input"]) ? block["input"] : {};
  const change = isArtifactTool(name) ? artifactChange(input) : undefined;
  if (change) {
    const verb = change.edit.kind === "whole" ? "artifact" : "artifact updated";
    return { ...aside(`[${verb}: ${change.title || change.id || "document"}]`), artifactChange: change };
  }
  const values = Object.values(input);
  if (values.length === 0) return aside(`[${name}]`);
  const [only] = values;
  const shown = values.length === 1 && typeof only === "string" ? textOf(only) : asJson(input);
  return aside(`[${name}: ${inOneLine(shown, SHOWN_INPUT_CHARACTERS)}]`);
}

/** What is nested too deeply to be written down is not shown. */
function asJson(input: Fields): string {
  try {
    return JSON.stringify(input);
  } catch {
    return "…";
  }
}

function readToolResult(block: Fields): BlockReading {
  const name = textOf(block["name"]) || "tool";
  // That a document was written, its text says.
  if (isArtifactTool(name) && block["is_error"] !== true) return NOTHING;
  const parts = listOf(block["content"]).filter(isFields);
  // A found page is named by its title: its whole text is not the chat's.
  const titles = parts.map((part) => textOf(part["title"])).filter((title) => title !== "");
  const text = titles.length > 0 ? titles.join("; ") : withoutPlaceholder(anyText(block)).trim();
  if (text === "") return NOTHING;
  const verb = block["is_error"] === true ? "failed" : "gave";
  return aside(`[${name} ${verb}: ${inOneLine(text, SHOWN_RESULT_CHARACTERS)}]`);
}

/** Whatever text a block has: its `text`, its `content`, or that of the blocks in its `content`. */
function anyText({ text, content }: Fields): string {
  if (textOf(text) !== "") return textOf(text);
  if (typeof content === "string") return textOf(content);
  return listOf(content)
    .map((part) => (isFields(part) ? textOf(part["text"]) : textOf(part)))
    .filter((part) => part !== "")
    .join("\n\n");
}

/** A citation gives its page itself, or in its `details`. */
function citedPage(citation: unknown): LinkedPage {
  const fields = isFields(citation) ? citation : {};
  const details = isFields(fields["details"]) ? fields["details"] : {};
  return {
    url: textOf(fields["url"]) || textOf(details["url"]),
    title: textOf(fields["title"]) || textOf(details["title"]),
  };
}
