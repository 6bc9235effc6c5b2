import { fenced } from "../../text/index.ts";
import type { CodeSample } from "./code-samples.ts";
import type { Digest } from "./digest.ts";
import type { Link } from "./links.ts";
import type { Sentence } from "./sentences.ts";

interface Headings {
  readonly summary: string;
  readonly tags: string;
  readonly content: string;
  readonly keyPoints: string;
  readonly questions: string;
  readonly decisions: string;
  readonly tables: string;
  readonly commands: string;
  readonly code: string;
  readonly links: string;
  readonly moreCode: (count: number) => string;
}

const ENGLISH: Headings = {
  summary: "Summary",
  tags: "Tags",
  content: "Content",
  keyPoints: "Key points",
  questions: "Questions asked",
  decisions: "Decisions",
  tables: "Tables",
  commands: "Commands",
  code: "Code",
  links: "Links",
  moreCode: (count) => `${count} more ${count === 1 ? "block is" : "blocks are"} in the chat.`,
};

const JAPANESE: Headings = {
  summary: "要約",
  tags: "タグ",
  content: "内容",
  keyPoints: "要点",
  questions: "質問",
  decisions: "決定事項",
  tables: "表",
  commands: "コマンド",
  code: "コード",
  links: "リンク",
  moreCode: (count) => `ほかに${count}個のコードがチャットにあります。`,
};

/** Writes a digest in the Markdown sections that a language model is asked for. Empty when the chat said nothing. */
export function writeAnswer(digest: Digest): string {
  const headings = digest.language === "ja" ? JAPANESE : ENGLISH;
  const content = contentOf(digest, headings);
  if (content === "" && digest.summary === "" && digest.title === "") return "";
  const summary = digest.summary || digest.title || "…";
  const sections = [
    ...(digest.title === "" ? [] : [`# ${digest.title}`]),
    `## ${headings.summary}\n\n${summary}`,
    ...(digest.tags.length === 0 ? [] : [`## ${headings.tags}\n\n${digest.tags.join(", ")}`]),
    // A note's content is never less than its summary.
    `## ${headings.content}\n\n${content.length > summary.length ? content : [`- ${summary}`, content].join("\n\n").trim()}`,
  ];
  return `${sections.join("\n\n")}\n`;
}

function contentOf(digest: Digest, headings: Headings): string {
  const sections: readonly (readonly [heading: string, text: string])[] = [
    [headings.keyPoints, outline(digest.keyPoints)],
    [headings.questions, bullets(digest.questions.map(({ text }) => text))],
    [headings.decisions, outline(digest.decisions.map(withoutLabel))],
    [headings.tables, digest.tables.join("\n\n")],
    [headings.commands, digest.commands.map(({ shell, lines }) => fenced(shell, lines.join("\n"))).join("\n\n")],
    [headings.code, [...digest.code.map(codeSample), ...moreCode(digest.moreCode, headings)].join("\n\n")],
    [headings.links, bullets(digest.links.map(link))],
  ];
  return sections
    .filter(([, text]) => text !== "")
    .map(([heading, text]) => `### ${heading}\n\n${text}`)
    .join("\n\n");
}

const bullets = (texts: readonly string[]): string => texts.map((text) => `- ${text}`).join("\n");

/** Points under the heading they stood under in the chat; a single one beside it, several below it. */
function outline(points: readonly Sentence[]): string {
  const groups: { readonly heading: string | undefined; readonly message: number; readonly texts: string[] }[] = [];
  for (const { heading, message, text } of points) {
    const last = groups.at(-1);
    if (last !== undefined && last.heading === heading && last.message === message) last.texts.push(text);
    else groups.push({ heading, message, texts: [text] });
  }
  return groups
    .map(({ heading, texts }) => {
      if (!heading) return bullets(texts);
      return texts.length === 1
        ? `- **${heading}**: ${texts[0]}`
        : `- **${heading}**\n${texts.map((text) => `  - ${text}`).join("\n")}`;
    })
    .join("\n");
}

/** What stands under a heading of the chat needs no `**Decision:**` before it. */
const withoutLabel = (decision: Sentence): Sentence =>
  decision.heading === undefined
    ? decision
    : { ...decision, text: decision.text.replace(/^\*\*[^*]{1,60}(?:[:：]\*\*|\*\*[:：])\s*/, "") };

const moreCode = (count: number, headings: Headings): readonly string[] =>
  count === 0 ? [] : [headings.moreCode(count)];

const codeSample = ({ introduction, language, text }: CodeSample): string =>
  [...(introduction === undefined ? [] : [introduction]), fenced(language, text)].join("\n\n");

const link = ({ url, label }: Link): string => (label === undefined ? `<${url}>` : `[${label}](${url})`);
