import type { Artifact, Attachment, Conversation } from "../../conversation.ts";
import type { MarkedBlock } from "../transcript/index.ts";
import { closeFence, fenced } from "../../../text/index.ts";
import { headingsBelow, headingsUpTo } from "../markdown-text/headings.ts";

interface Headings {
  readonly artifacts: string;
  readonly attachments: string;
  readonly code: string;
  readonly table: string;
}

const ENGLISH: Headings = { artifacts: "Documents", attachments: "Attachments", code: "Code", table: "Tables" };
const JAPANESE: Headings = { artifacts: "文書", attachments: "添付ファイル", code: "コード", table: "表" };

/**
 * The body of a note: the content, then code and tables of the chat that are not in it, then the documents that were
 * written in the chat as they are, then the names of what was attached.
 */
export function writeBody(
  content: string,
  { artifacts, messages }: Conversation,
  leftOut: readonly MarkedBlock[] = [],
): string {
  const headings = /[\p{Script=Hiragana}\p{Script=Katakana}]/u.test(content) ? JAPANESE : ENGLISH;
  const held = squeeze(content);
  const missing = artifacts.filter(({ text }) => text.trim() !== "" && !held.includes(squeeze(text)));
  const names = [...new Set(messages.flatMap(({ attachments }) => attachments).map(describeAttachment))];
  return [
    // The content stood below a heading of its own in the answer; in the note nothing is above its headings.
    headingsUpTo(TOP, closeFence(content)),
    ...(["code", "table"] as const).flatMap((kind) => {
      const blocks = leftOut.filter((block) => block.kind === kind && !held.includes(squeeze(block.text)));
      return blocks.length === 0 ? [] : [`## ${headings[kind]}`, ...blocks.map(({ text }) => closeFence(text))];
    }),
    ...(missing.length === 0 ? [] : [`## ${headings.artifacts}`, ...missing.map(writeArtifact)]),
    ...(names.length === 0 ? [] : [`## ${headings.attachments}`, names.map((name) => `- ${name}`).join("\n")]),
  ].join("\n\n");
}

/** The note's title is the one heading of the first level. */
const TOP = 2;

const squeeze = (text: string): string => text.replace(/\s+/g, "");

const LANGUAGE_OF_TYPE: Readonly<Record<string, string>> = {
  "text/html": "html",
  "image/svg+xml": "svg",
  "application/vnd.ant.react": "jsx",
  "application/vnd.ant.mermaid": "mermaid",
  "application/json": "json",
};

/** Markdown stays Markdown, its headings below its own title; anything else is fenced. */
function writeArtifact({ title, id, mediaType, language, text }: Artifact): string {
  const isMarkdown = mediaType === "text/markdown" || (mediaType === undefined && language === undefined);
  const whole = isMarkdown
    ? headingsBelow(TOP + 2, closeFence(text.trim()))
    : fenced(language ?? LANGUAGE_OF_TYPE[mediaType ?? ""] ?? "", text.trimEnd());
  return `### ${(title || id).replace(/\s+/g, " ").trim()}\n\n${whole}`;
}

function describeAttachment({ name, mediaType, bytes }: Attachment): string {
  const facts = [mediaType, bytes === undefined ? undefined : describeSize(bytes)].filter(Boolean).join(", ");
  return facts === "" ? name : `${name} (${facts})`;
}

function describeSize(bytes: number): string {
  if (bytes < 1_000) return `${bytes} bytes`;
  return bytes < 1_000_000 ? `${Math.round(bytes / 1_000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
