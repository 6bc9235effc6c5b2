export interface NoteNameOptions {
  /** Put in brackets behind the title, to tell it from another note of the same title. */
  readonly suffix?: string;
}

/** Most file systems count a name's bytes in UTF-8; the strictest common limit is this one. */
const MAX_NAME_BYTES = 255;
const EXTENSION = ".md";
/** Far more than a name holds. What follows is not looked at: a title may be a whole chat. */
const MAX_TITLE_CHARACTERS = 2_000;

/** Invisible characters that can hide what a name is: text direction, byte order mark, no characters at all, half characters. */
const INVISIBLE = /[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\p{Noncharacter_Code_Point}\p{Surrogate}]/gu;
/** Characters before the first word or after the last one carry no meaning. */
const OUTER = /^[\s./\\|:]+|[\s./\\|:]+$/gu;
/** A separator between two words: what it means is kept by a hyphen. */
const SEPARATOR = /(?<=\S)[/\\|:]+(?=\S)/g;
/** What Windows does not allow in a name, what Obsidian does not allow in a link, and control characters. */
const FORBIDDEN = /[<>:"/\\|?*[\]#^\p{Cc}]/gu;
/** A name that starts with a dot is hidden; Windows drops dots and spaces at the end. */
const EDGES = /^[\s.]+|[\s.]+$/gu;
/** Windows treats these as devices, whatever follows the first dot. */
const DEVICE = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)\s*(?:\.|$)/i;

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/**
 * The file name for a title: the same for the same title, at most 255 bytes with its `.md`, and safe on every common
 * file system and in Obsidian's links. `untitled` when nothing of the title can be kept.
 */
export function noteName(title: string, options: NoteNameOptions = {}): string {
  const ending = `${options.suffix === undefined ? "" : ` (${options.suffix})`}${EXTENSION}`;
  const stem = trimEdges(cutToBytes(tidy(title), MAX_NAME_BYTES - Buffer.byteLength(ending)));
  return `${stem === "" ? "untitled" : stem}${ending}`;
}

/** A folder's name for a text, as safe as a note's; `undefined` when nothing of the text can be kept. */
export function folderName(text: string): string | undefined {
  const name = trimEdges(cutToBytes(tidy(text), MAX_NAME_BYTES));
  return name === "" ? undefined : name;
}

function tidy(title: string): string {
  const words = title
    .slice(0, MAX_TITLE_CHARACTERS)
    .replace(INVISIBLE, "")
    .normalize("NFC")
    .replace(OUTER, "")
    .replace(SEPARATOR, "-")
    .replace(FORBIDDEN, " ")
    .replace(/\s+/gu, " ");
  const stem = trimEdges(words);
  return DEVICE.test(stem) ? `_${stem}` : stem;
}

const trimEdges = (text: string): string => text.replace(EDGES, "");

/** Cuts between two characters as people see them; inside one only when it alone is too long. */
function cutToBytes(text: string, maxBytes: number): string {
  if (Buffer.byteLength(text) <= maxBytes) return text;
  const whole = takeBytes(characters(text), maxBytes);
  return whole === "" ? takeBytes(text, maxBytes) : whole;
}

function* characters(text: string): Iterable<string> {
  for (const { segment } of graphemes.segment(text)) yield segment;
}

function takeBytes(parts: Iterable<string>, maxBytes: number): string {
  let taken = "";
  let bytes = 0;
  for (const part of parts) {
    bytes += Buffer.byteLength(part);
    if (bytes > maxBytes) break;
    taken += part;
  }
  return taken;
}
