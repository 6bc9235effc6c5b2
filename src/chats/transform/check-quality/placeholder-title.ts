/** Titles that fit any note. */
const EMPTY_TITLES: ReadonlySet<string> = new Set(
  [
    "untitled, no title, title, note, notes, note title, your title, title here, new chat, chat, n a",
    "conversation, conversation summary, summary, summary of the conversation, knowledge, document",
    "無題, タイトル, タイトルなし, 会話, 会話の要約, 要約, ノート, メモ",
  ].flatMap((titles) => titles.split(", ")),
);

/** Whether a title says nothing about its note. */
export function isPlaceholderTitle(title: string): boolean {
  const bare = title
    .toLowerCase()
    .replace(/[\s\p{P}\p{S}]+/gu, " ")
    .trim();
  return bare === "" || EMPTY_TITLES.has(bare) || /^[([<{（【].*[)\]>}）】]$/u.test(title.trim());
}
