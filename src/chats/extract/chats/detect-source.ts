import { readdir } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { HoldfastError } from "../../../core/failure/index.ts";
import type { SourceContext } from "../../../core/pipeline/index.ts";
import { findConversation } from "../export-check.ts";
import { findExport } from "../export-files/index.ts";
import { statInput } from "../../../stages/extract/input/index.ts";
import { MARKDOWN_NAME, findDocuments } from "../markdown/index.ts";
import { FORMATS } from "./formats.ts";
import type { ChatSource } from "./chat-source.ts";

/**
 * Detects what a path holds: a Jekyll blog by `_config.yml` or `_posts`; chats when there is one; else Markdown files,
 * when there are any. Everything else counts as chats, whose check says what was expected and what was found. Throws
 * `input_malformed` for a vault: its notes are read as documents only on request.
 */
export async function detectSource(
  path: string,
  { except }: { readonly except?: string | undefined },
  { signal }: SourceContext,
): Promise<ChatSource | "chats"> {
  if (!(await statInput(path)).isDirectory()) return MARKDOWN_NAME.test(path) ? "markdown" : "chats";
  const names = new Set(await readdir(path));
  if (/^_(posts|drafts)$/.test(basename(path)) || names.has("_config.yml") || names.has("_posts")) return "jekyll";
  const excepted = except && resolve(except);
  if (await holdsChats(path, excepted, signal)) return "chats";
  const documents = await findDocuments(path, excepted);
  if (documents.names.length === 0) return "chats";
  if (names.has(".obsidian")) throw isVault(path);
  return "markdown";
}

async function holdsChats(path: string, except: string | undefined, signal: AbortSignal): Promise<boolean> {
  const { files, leftOut } = await findExport(path, { except });
  // Damaged files may hold chats: Markdown files must not hide that.
  if (leftOut.some((part) => part.kind === "damaged")) return true;
  const found = await findConversation(files, { formats: FORMATS, signal });
  return found.kind === "conversation" || found.damage !== undefined;
}

const isVault = (path: string): HoldfastError =>
  new HoldfastError(
    "input_malformed",
    `${path} is not a chat export: it is an Obsidian vault (${join(path, ".obsidian")} is there).`,
    {
      hint: { kind: "import_documents" },
    },
  );
