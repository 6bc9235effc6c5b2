/** Entry `holdfast/chats`: turns exported chats into Markdown notes, as one pipeline or step by step. */
export { importPipeline, type ImportOptions } from "../chats/phases/import.ts";
export { organizePipeline, previewOrganizePipeline, type OrganizeOptions } from "../chats/phases/organize.ts";

// Sources.
export { readChats, type ReadChatsOptions } from "../chats/extract/chats/read-chats.ts";
export { ChatSource } from "../chats/extract/chats/chat-source.ts";
export { readChatGptExport } from "../chats/extract/chatgpt/read-chatgpt-export.ts";
export { readClaudeExport } from "../chats/extract/claude/read-claude-export.ts";
export { Branches, type ParseOptions } from "../chats/extract/conversation-format.ts";
export { readJekyll } from "../chats/extract/jekyll/read-jekyll.ts";
export { readMarkdown } from "../chats/extract/markdown/read-markdown.ts";
export type { DocumentSourceOptions } from "../chats/extract/markdown/document-source.ts";
export { readNotes, type ReadNotesOptions } from "../chats/extract/notes/read-notes.ts";
export type { SourceNote } from "../chats/extract/notes/source-note.ts";
export type { Artifact, Attachment, Conversation, Message, SourceDocument } from "../chats/conversation.ts";

// Steps.
export type { AskOptions } from "../chats/transform/ask/ask-note.ts";
export type { ChatPart, Excerpt, NotedPart, PartNote } from "../chats/transform/chat-part.ts";
export { checkQuality, type CheckQualityOptions } from "../chats/transform/check-quality/check-quality.ts";
export type { CompressionRule, QualityThresholds } from "../chats/transform/check-quality/quality-thresholds.ts";
export { classify } from "../chats/transform/classify/classify.ts";
export type { ClassifiedNote } from "../chats/transform/classify/classified-note.ts";
export type { OrganizeRule, OrganizeSettings, RuleConditions } from "../chats/transform/classify/rules.ts";
export {
  extractKnowledge,
  type ExtractKnowledgeOptions,
} from "../chats/transform/extract-knowledge/extract-knowledge.ts";
export { filterPrivate } from "../chats/transform/filter-private/filter-private.ts";
export { filterShort, type FilterShortOptions } from "../chats/transform/filter-short/filter-short.ts";
export { joinPieces } from "../chats/transform/merge-notes/join-parts.ts";
export { mergeNotes, type MergeNotesOptions } from "../chats/transform/merge-notes/merge-notes.ts";
export type { DraftNote, WrittenNote } from "../chats/transform/merge-notes/draft-note.ts";
export { AnswerForm } from "../chats/transform/prompts/answer-form.ts";
export type { PromptName } from "../chats/transform/prompts/default-prompts.ts";
export type { Prompts } from "../chats/transform/prompts/prompts.ts";
export { readPrompts } from "../chats/transform/prompts/read-prompts.ts";
export type { Turn } from "../chats/transform/transcript/turns.ts";
export { skipUnchanged, type SkipUnchangedOptions } from "../chats/transform/skip-unchanged/skip-unchanged.ts";
export { splitChunks, type SplitChunksOptions } from "../chats/transform/split-chunks/split-chunks.ts";

// Sinks.
export { OnConflict } from "../chats/load/vault/on-conflict.ts";
export type { MoveKind, NoMove, PlannedMove } from "../chats/load/vault/plan-move.ts";
export type { VaultFolders } from "../chats/load/vault/vault-folder.ts";
export { writeVault, type VaultOptions, type WriteVaultOptions } from "../chats/load/vault/write-vault.ts";
export { Layout } from "../stages/note/layout.ts";
export { OnEdited } from "../stages/load/markdown/on-edited.ts";

// The types that its functions return, so that a program can export a result.
export type { Pipeline } from "../core/pipeline/pipeline.ts";
export type { Sink } from "../core/pipeline/sink.ts";
export type { Source } from "../core/pipeline/source.ts";
export type { Collect, Step } from "../core/pipeline/step.ts";
export type { Note } from "../stages/note/note.ts";
