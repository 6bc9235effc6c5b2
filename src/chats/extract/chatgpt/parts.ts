import { driftName } from "../drift.ts";
import { type Fields, isFields, listOf, textOf, inOneLine } from "../../../stages/extract/input/index.ts";
import type { MessageFacts } from "./message-facts.ts";

export interface PartsReading {
  readonly text: string;
  /** Unknown types of parts. */
  readonly unknownTypes: readonly string[];
}

const SHOWN_PROMPT_CHARACTERS = 1_000;

/** The `parts` of a content: texts, what was said in a voice chat, and a placeholder for each image. */
export function readParts(facts: MessageFacts): PartsReading {
  const { parts } = facts.content;
  const readings = (typeof parts === "string" ? [parts] : listOf(parts)).map((part) => readPart(part, facts));
  const hasWords = readings.some(({ text }) => text !== "");
  const hasSound = listOf(parts).some((part) => isFields(part) && SOUNDS.has(textOf(part["content_type"])));
  return {
    text: !hasWords && hasSound ? "[voice message]" : joined(readings.map(({ text }) => text)),
    unknownTypes: readings.flatMap(({ unknownTypes }) => unknownTypes),
  };
}

/** Only the images among the parts, for a tool: its texts are for the model. */
export const imagesOf = (facts: MessageFacts): string =>
  joined(
    listOf(facts.content["parts"])
      .filter((part) => isFields(part) && part["content_type"] === "image_asset_pointer")
      .map((part) => readPart(part, facts).text),
  );

/** Parts of a text with an empty line between them. */
export const joined = (texts: readonly string[]): string =>
  texts
    .map((text) => text.trim())
    .filter((text) => text !== "")
    .join("\n\n");

function readPart(part: unknown, facts: MessageFacts): PartsReading {
  if (typeof part === "string") return known(textOf(part));
  if (part === null) return known("");
  if (!isFields(part)) return { text: "", unknownTypes: [driftName(part)] };
  const type = textOf(part["content_type"]);
  if (type === "image_asset_pointer") return known(imagePlaceholder(part, facts));
  const text = textOf(part["text"]);
  if (type === "audio_transcription" || type === "text") return known(text);
  if (SOUNDS.has(type)) return known("");
  if (type === "video_container_asset_pointer") return known("[video]");
  return { text, unknownTypes: [driftName(part["content_type"])] };
}

/** What was said stands beside them, as an `audio_transcription`. */
const SOUNDS: ReadonlySet<string> = new Set(["audio_asset_pointer", "real_time_user_audio_video_asset_pointer"]);

const known = (text: string): PartsReading => ({ text, unknownTypes: [] });

/** `[image: ...]` with what the image was made from, or with its file's name. */
function imagePlaceholder(part: Fields, { metadata }: MessageFacts): string {
  const own = isFields(part["metadata"]) ? part["metadata"] : {};
  const dalle = isFields(own["dalle"]) ? own["dalle"] : {};
  const id = textOf(part["asset_pointer"]).replace(/^[\w-]+:\/\//, "");
  const file = listOf(metadata["attachments"]).find((one) => isFields(one) && id !== "" && one["id"] === id);
  const name = isFields(file) ? textOf(file["name"]) : "";
  const about = textOf(dalle["prompt"]) || textOf(metadata["image_gen_title"]) || name;
  const line = inOneLine(about, SHOWN_PROMPT_CHARACTERS);
  return line === "" ? "[image]" : `[image: ${line}]`;
}
