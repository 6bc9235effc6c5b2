import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { z } from "zod";
import { HoldfastError } from "../../core/failure/index.ts";
import { SessionManager } from "../../core/session/index.ts";
import type { JsonValue } from "../../core/base/index.ts";
import type { ReviewItem } from "../../run/reports/index.ts";
import { readFrontMatter } from "../../stages/note/front-matter/index.ts";
import { DEFAULT_QUALITY } from "../../chats/transform/check-quality/index.ts";
import { alignColumns, countOf, shorten } from "./report-text.ts";
import type { GoOnOptions } from "./next/go-on.ts";
import { showPath } from "./show-path.ts";
import { readStoredOptions } from "../flags/stored-options.ts";
import { itemWord, readItemWord } from "./escape/item-word.ts";
import { lineText } from "./escape/terminal-text.ts";

/** The notes in review, for a person. */
export function reviewListText(items: readonly ReviewItem[], where: ReviewCommandOptions): string {
  const [first] = items;
  if (first === undefined) return "No notes are in review.";
  return [
    `${countOf(items.length, "note")} to review:`,
    ...items.flatMap(({ outputPath, itemId, reason = "", sessionId }) => [
      `  ${lineText(outputPath === undefined ? itemId : showPath(outputPath))}`,
      `    ${shorten(reason)} (${lineText(itemId)}, session ${sessionId})`,
    ]),
    `Run \`${reviewCommand("show", first, items, where)}\` to look at one, or \`${reviewCommand("redo", first, items, where)}\` to make it again.`,
  ].join("\n");
}

export interface ReviewCommandOptions extends GoOnOptions {
  /** The session that the notes were listed for. @default all sessions */
  readonly session?: string | undefined;
}

/** A command on a note of `listed`, with its session where its id alone would not do. */
function reviewCommand(
  what: "show" | "redo" | "accept",
  { itemId, sessionId }: ReviewItem,
  listed: readonly ReviewItem[],
  { at, session }: ReviewCommandOptions,
): string {
  const isAlone = session === undefined && listed.filter((item) => item.itemId === itemId).length === 1;
  return `holdfast review ${what} ${itemWord(itemId)}${isAlone ? "" : ` --session ${sessionId}`}${at}`;
}

/** Finds the note that a person named. Throws a `HoldfastError` (`usage`) when none or several match. */
export function findReview(items: readonly ReviewItem[], word: string): ReviewItem {
  const text = readItemWord(word);
  const path = resolve(text);
  const matches = [
    items.filter(({ itemId, outputPath }) => itemId === text || outputPath === path),
    items.filter(({ itemId, outputPath = "" }) => itemId.startsWith(text) || outputPath.endsWith(`/${text}`)),
    items.filter(({ itemId }) => itemId.includes(text)),
  ].find(({ length }) => length > 0);
  const [found, ...others] = matches ?? [];
  if (found && others.length === 0) return found;
  const hint = { kind: "list_review" } as const;
  if (!found) throw new HoldfastError("usage", `No note in review is ${JSON.stringify(text)}.`, { hint });
  const names = (matches ?? []).slice(0, 5).map(({ itemId, sessionId }) => `${itemId} of session ${sessionId}`);
  throw new HoldfastError("usage", `${JSON.stringify(text)} may be one of several notes: ${names.join(", ")}.`, {
    hint,
  });
}

export interface ReviewDetails extends ReviewItem {
  readonly title: string | undefined;
  /** Link to the chat. */
  readonly url: string | undefined;
  /** The quality thresholds of the session; absent where a pipeline of one's own sent the item to review. */
  readonly thresholds?: JsonValue;
}

/** Everything about one note in review, as a document and as lines. */
export async function reviewLines(
  item: ReviewItem,
  {
    workspace,
    listed,
    ...where
  }: ReviewCommandOptions & { readonly workspace: string; readonly listed: readonly ReviewItem[] },
): Promise<{ readonly document: ReviewDetails; readonly lines: readonly string[] }> {
  const session = await new SessionManager(workspace).load(item.sessionId);
  const { title, source_url: url } = await frontMatterOf(item.outputPath);
  const { import: importing } = readStoredOptions(session);
  const judgedBy = importing && JSON.stringify({ ...DEFAULT_QUALITY, ...importing.quality });
  const thresholds = judgedBy === undefined ? undefined : z.json().parse(JSON.parse(judgedBy));
  const document = { ...item, title, url, ...(thresholds !== undefined && { thresholds }) };
  const differently = importing ? "--llm, --prompts and --language" : "--llm";
  const { itemId, reason = "no reason was given", outputPath, sourcePath, sessionId } = item;
  const lines = [
    `${lineText(itemId)}: ${reason}`,
    ...alignColumns([
      ["  note", outputPath === undefined ? "none" : showPath(outputPath)],
      ...(title === undefined ? [] : [["  title", title]]),
      ...(url === undefined ? [] : [["  chat", url]]),
      ["  from", sourcePath],
      ["  session", sessionId],
      ...(judgedBy === undefined ? [] : [["  judged by", judgedBy]]),
    ]),
    `Run \`${reviewCommand("redo", item, listed, where)}\` to make it again; ${differently} may make the difference.`,
    `Run \`${reviewCommand("accept", item, listed, where)}\` to keep it as it is, your edits included.`,
  ];
  return { document, lines };
}

const frontMatter = z.object({ title: z.string().optional(), source_url: z.string().optional() });

/** The note's front matter; nothing when it cannot be read. */
async function frontMatterOf(path: string | undefined): Promise<z.infer<typeof frontMatter>> {
  const text = path === undefined ? "" : await readFile(path, "utf8").catch(() => "");
  const found = readFrontMatter(text);
  return found.state === "read" ? (frontMatter.safeParse(found.values).data ?? {}) : {};
}
