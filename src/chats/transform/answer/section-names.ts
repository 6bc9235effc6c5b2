import { withoutLast } from "../../../text/index.ts";

/** The parts of an answer. */
export type SectionName = "title" | "summary" | "tags" | "content";

const OTHER_SUMMARIES = [
  "zusammenfassung",
  "résumé",
  "resumen",
  "resumo",
  "riassunto",
  "摘要",
  "总结",
  "요약",
  "резюме",
];
const OTHER_TAGS = [
  "schlagwörter",
  "mots-clés",
  "étiquettes",
  "etiquetas",
  "palabras clave",
  "标签",
  "標籤",
  "태그",
  "теги",
];
const OTHER_CONTENTS = [
  "inhalt",
  "contenu",
  "contenido",
  "conteúdo",
  "contenuto",
  "内容正文",
  "正文",
  "내용",
  "содержание",
];

/** What models call them, at the start of a heading or as a key of a JSON object; in lower case. */
const SYNONYMS: Readonly<Record<SectionName, readonly string[]>> = {
  title: [
    "title",
    "note title",
    "タイトル",
    "題名",
    "題",
    "件名",
    "表題",
    "titel",
    "titre",
    "título",
    "titolo",
    "标题",
    "標題",
    "제목",
    "заголовок",
  ],
  summary: [
    "summary",
    "abstract",
    "overview",
    "tl;dr",
    "tldr",
    "要約",
    "概要",
    "サマリー",
    "サマリ",
    "要旨",
    "まとめ",
    ...OTHER_SUMMARIES,
  ],
  tags: ["tags", "tag", "keywords", "タグ", "キーワード", ...OTHER_TAGS],
  content: [
    "content",
    "contents",
    "body",
    "details",
    "knowledge",
    "note",
    "main content",
    "summarycontent",
    "内容",
    "本文",
    "詳細",
    "コンテンツ",
    "ナレッジ",
    "知識",
    ...OTHER_CONTENTS,
  ],
};

const SECTION_OF: ReadonlyMap<string, SectionName> = new Map(
  (["title", "summary", "tags", "content"] as const).flatMap((name) =>
    SYNONYMS[name].map((synonym) => [synonym, name] as const),
  ),
);

export interface NamedSection {
  readonly name: SectionName;
  /** What stands behind a colon on the heading's own line: `## Tags: a, b`. */
  readonly rest: string;
}

/** Which section a heading opens: its emphasis, number, emoji, colon and a translation in brackets do not matter. */
export function sectionOf(heading: string): NamedSection | undefined {
  const text = heading.slice(0, MAX_HEADING_LENGTH).replace(/[*_`]/g, "");
  const [, label = "", rest = ""] = /^([^:：]*)[:：]?(.*)$/su.exec(text) ?? [];
  const name = SECTION_OF.get(bare(label));
  return name && { name, rest: rest.trim() };
}

const MAX_HEADING_LENGTH = 2_000;

const bare = (label: string): string =>
  withoutLast(
    label
      .normalize("NFKC")
      .toLowerCase()
      .replace(/[([【].*$/su, "")
      .replace(/^[^\p{L}]+/u, ""),
    /[^\p{L}\p{M}]/u,
  );
