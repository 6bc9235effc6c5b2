import type { Material } from "../../core/model/index.ts";
import { findDecisions, findQuestions } from "./asked.ts";
import { findCode, type CodeSample } from "./code-samples.ts";
import { codeLanguages } from "./code-languages.ts";
import { findCommands, type Commands } from "./commands.ts";
import { cutTo } from "./cut.ts";
import { likelyLanguage } from "../../text/index.ts";
import { pickKeyPoints } from "./key-points.ts";
import { findLinks, type Link } from "./links.ts";
import { hasMatter, plainText } from "./plain-text.ts";
import { rankSentences } from "./salience.ts";
import { readSentences, type Sentence } from "./sentences.ts";
import { summarise } from "./summary.ts";
import { chooseTags } from "./tags.ts";
import { termReader } from "./terms.ts";
import { chooseTitle } from "./title.ts";
import { readTopic } from "./topic.ts";
import { readVoices, type Voice } from "./voices.ts";

const MAX_TITLE_LENGTH = 40;
const MAX_SUMMARY_LENGTH = 200;

/** Everything the extractive engine found in a chat. All of it is the chat's own words. */
export interface Digest {
  /** BCP 47 tag of the language the chat is mostly in. */
  readonly language: string;
  readonly title: string;
  readonly summary: string;
  readonly tags: readonly string[];
  readonly keyPoints: readonly Sentence[];
  readonly questions: readonly Sentence[];
  readonly decisions: readonly Sentence[];
  /** Tables in Markdown, whole. */
  readonly tables: readonly string[];
  readonly commands: readonly Commands[];
  readonly code: readonly CodeSample[];
  /** How many more blocks of code the chat holds that are worth keeping. */
  readonly moreCode: number;
  readonly links: readonly Link[];
}

/** Reads a chat and picks what says most about it. Deterministic, and linear in the text except for sorting. */
export function digest(material: Material): Digest {
  const voices = readVoices(material);
  const language = likelyLanguage(proseOf(voices.said) || proseOf(voices.background) || material.title);
  const sentences = readSentences(voices.said, language);
  const read = termReader(language);
  const topic = readTopic(plainText(material.title), voices, sentences, read);
  const ranked = rankSentences(sentences, topic, read);
  const questions = findQuestions(sentences, topic, read);
  const decisions = findDecisions(sentences);
  const summary = summarise(ranked, decisions, MAX_SUMMARY_LENGTH);
  const code = findCode(voices.said, language);
  const worded = sentences.filter(({ plain }) => hasMatter(plain));
  const firstWords =
    (worded.find(({ asks }) => asks) ?? worded[0])?.plain ?? (firstLine(voices.said) || remains(material));
  return {
    language,
    title: chooseTitle(material.title, [...questions.map(({ plain }) => plain), firstWords], MAX_TITLE_LENGTH),
    summary: withoutMarks(summary?.text ?? cutTo(firstWords, MAX_SUMMARY_LENGTH)),
    tags: chooseTags(topic, { languages: codeLanguages(voices.said) }),
    keyPoints: pickKeyPoints(ranked, sentences, {
      inSummary: summary?.from ?? [],
      elsewhere: new Set([
        ...[...decisions, ...questions].map(({ plain }) => plain),
        ...code.samples.map(({ introduction = "" }) => plainText(introduction)),
      ]),
    }),
    questions,
    decisions,
    tables: tablesOf(voices.said),
    commands: findCommands(voices.said),
    code: code.samples,
    moreCode: code.more,
    links: findLinks(voices.said),
  };
}

const tablesOf = (voices: readonly Voice[]): readonly string[] => [
  ...new Set(
    voices.flatMap(({ blocks }) =>
      blocks.flatMap(({ kind, text }) => (kind === "table" && /\n\|[\s:|-]+\|/.test(text) ? [text] : [])),
    ),
  ),
];

/** What is left when reading Markdown left nothing: a fence that names a language and holds nothing, a tag, an empty link. */
const remains = ({ messages }: Material): string =>
  messages
    .map(({ text }) => text.toWellFormed().replace(/[\s`~\p{Cc}]+/gu, " "))
    .join(" ")
    .trim();

/** A summary stands at the start of a line, where Markdown would take such a mark for a heading or a list. */
const withoutMarks = (text: string): string => text.replace(/^[\s#>|*+=~-]+/, "");

/** The first line with anything on it: the last resort for a chat that holds nothing but code or a table. */
const firstLine = (voices: readonly Voice[]): string => {
  const lines = voices.flatMap(({ blocks }) => blocks).map(({ text }) => plainText(/\S.*/.exec(text)?.[0] ?? ""));
  return lines.find(hasMatter) ?? "";
};

const proseOf = (voices: readonly Voice[]): string =>
  voices
    .flatMap(({ blocks }) => blocks.flatMap(({ kind, text }) => (kind === "code" || kind === "raw" ? [] : [text])))
    .join("\n");
