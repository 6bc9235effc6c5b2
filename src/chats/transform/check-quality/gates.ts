import type { Conversation } from "../../conversation.ts";
import { languageMismatch, languageName } from "../language/index.ts";
import type { WrittenNote } from "../merge-notes/index.ts";
import { findOmission } from "./omissions.ts";
import { isPlaceholderTitle } from "./placeholder-title.ts";
import type { Quality } from "./quality-thresholds.ts";

/** The input of the gates. */
export interface Judged {
  readonly title: string;
  readonly written: WrittenNote;
  readonly conversation: Conversation;
  /** The conversation as the model read it: markers in place of code and tables. */
  readonly read: string;
  /** The language that was asked for. */
  readonly language: string | undefined;
}

/** Returns why a note needs review, with the numbers; `undefined` when it passes. */
export type Gate = (judged: Judged, quality: Quality) => string | undefined;

const compression: Gate = ({ written: { content }, read }, { compression: rules }) => {
  const rule = (rules || []).findLast(({ from }) => read.length >= from);
  const share = content.length / read.length;
  if (rule === undefined || share >= rule.share) return undefined;
  return `the content has ${grouped(content.length)} characters for a conversation of ${grouped(read.length)} (${percent(share)}; at least ${percent(rule.share)} is expected)`;
};

const placeholderTitle: Gate = ({ title, conversation }, { allowPlaceholderTitle }) =>
  allowPlaceholderTitle || title === conversation.title.trim() || !isPlaceholderTitle(title)
    ? undefined
    : `the title says nothing: ${JSON.stringify(title)}`;

const otherLanguage: Gate = ({ written: { content }, read, language }, { allowOtherLanguage }) => {
  const mismatch = allowOtherLanguage
    ? undefined
    : languageMismatch(content, { asked: language, conversation: () => read });
  if (!mismatch) return undefined;
  const wanted = languageName(mismatch.wanted);
  return `the note is in ${languageName(mismatch.got)}, and ${language === undefined ? `the conversation is in ${wanted}` : `${wanted} was asked for`}`;
};

const omissions: Gate = ({ written: { content }, conversation }, { allowOmissions }) => {
  const found = allowOmissions ? undefined : findOmission(content, conversation);
  return found === undefined ? undefined : `something was left out: ${JSON.stringify(found)} stands in place of it`;
};

/** Of fewer blocks, leaving out most says little. */
const LEAST_BLOCKS = 4;

const droppedCode: Gate = ({ written: { blocks, dropped } }, quality) =>
  blocks < LEAST_BLOCKS || dropped / blocks <= quality.droppedCode
    ? undefined
    : `omitted code: the model left out ${dropped} of ${blocks} blocks of code and tables (at most ${percent(quality.droppedCode)} is expected); they are at the end of the note`;

/** In the order in which their reasons are given. */
export const GATES: readonly Gate[] = [placeholderTitle, otherLanguage, compression, omissions, droppedCode];

const grouped = (count: number): string => count.toLocaleString("en-US");

const percent = (share: number): string => `${Number((share * 100).toFixed(1))}%`;
