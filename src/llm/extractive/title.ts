import { withoutLast } from "../../text/index.ts";
import { cutTo } from "./cut.ts";
import { hasMatter, plainText } from "./plain-text.ts";

/** Default names of chats. */
const NO_TITLE =
  /^(?:(?:new|untitled|my|unnamed)?\s*(?:chat|conversation|untitled|thread|discussion)\s*[#(]?\d*\)?|no title|\(no title\)|title|test|無題(?:の会話|のチャット)?|新しい(?:チャット|会話|スレッド)|新規チャット|会話|チャット|タイトル(?:なし)?|[\d\s:/.T_-]+Z?|[0-9a-f]{8}-[0-9a-f-]{27,}|null|undefined)$/iu;

/** A title that a person chose is cut only when it is too long for every file system. */
const MAX_OWN_LENGTH = 120;

/** The chat's own title, else the first of `others` that makes one, at most `maxLength` UTF-16 units of it. */
export function chooseTitle(own: string, others: readonly string[], maxLength: number): string {
  if (isTitle(bare(own))) return cutTo(bare(own), MAX_OWN_LENGTH);
  const title = others.map(bare).find(isTitle);
  return title === undefined ? "" : cutTo(title, maxLength);
}

const isTitle = (text: string): boolean => hasMatter(text) && !NO_TITLE.test(text);

/** Without what a title never has: Markdown, links, a greeting before the question, a stop at its end. */
function bare(text: string): string {
  const begun = plainText(text)
    .replace(/^(?:[#>|*+=~-]+\s+)+/, "")
    .replace(/https?:\/\/\S+/g, "")
    .replace(/^(?:(?:hi|hello|hey|ok|okay|so|well|please|thanks|こんにちは|すみません(?:が)?)[\s,.!、。！]+)+/iu, "");
  let ended = withoutLast(begun, STOPS);
  while (ended.endsWith("#") && /\s/.test(ended.at(-2) ?? "")) ended = withoutLast(ended.slice(0, -1), STOPS);
  return ended.trim();
}

const STOPS = /[\s.。、,;:：]/;
