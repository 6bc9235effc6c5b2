import { openingFence, type Fence } from "../../../text/index.ts";

/** A fence that opens with one word behind its marks at most. */
function openingOf(line = ""): Fence | undefined {
  const fence = openingFence(line);
  return fence !== undefined && /^\w*$/.test(fence.info) ? fence : undefined;
}

/**
 * Takes off the fence that models like to put around a whole answer, closed or not, and the chatter before and after it.
 * A fence that opens after the first heading belongs to the answer and stays.
 */
export function stripOuterFence(answer: string): string {
  const lines = withoutThinking(answer)
    .trim()
    .split(/\r\n|\r|\n/);
  const start = lines.findIndex((line) => openingOf(line) !== undefined || /^\s{0,3}#{1,6}\s/.test(line));
  const { marks, info: language = "" }: Partial<Fence> = openingOf(lines[start]) ?? {};
  const first = lines.slice(start + 1).find((line) => line.trim() !== "") ?? "";
  const isOuter =
    marks !== undefined && (/^(?:markdown|md|json)$/i.test(language) || (language === "" && /^\s*[#{]/.test(first)));
  if (!isOuter) return lines.join("\n");
  const inner = lines.slice(start + 1);
  return inner.slice(0, endOf(inner, marks)).join("\n").trim();
}

/**
 * Where the outer fence ends. A bare fence line may also open or close a block inside, so the last one is the outer's only
 * when the lines inside do not pair up without it; longer marks are unmistakable.
 */
function endOf(lines: readonly string[], marks: string): number {
  const isFence = (line: string): boolean => line.trimStart().startsWith(marks);
  const isBare = (line: string): boolean => line.trim() === marks;
  if (marks.length > 3) return indexOr(lines.findIndex(isBare), lines.length);
  const last = lines.findLastIndex(isBare);
  const isPaired = lines.filter(isFence).length % 2 === 0;
  const opensAgain = lines.slice(last + 1).some(isFence);
  return isPaired || opensAgain ? lines.length : indexOr(last, lines.length);
}

const indexOr = (index: number, otherwise: number): number => (index < 0 ? otherwise : index);

/** Reasoning models think aloud before they answer. */
const withoutThinking = (answer: string): string => {
  const end = answer.lastIndexOf("</think>");
  return /^\s*<think>/.test(answer) && end >= 0 ? answer.slice(end + "</think>".length) : answer;
};
