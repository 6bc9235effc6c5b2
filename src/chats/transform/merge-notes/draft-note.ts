import type { Conversation } from "../../conversation.ts";
import type { Note } from "../../../stages/note/index.ts";

/** A complete note with the data for the quality gates. */
export type DraftNote = {
  readonly note: Note;
  readonly conversation: Conversation;
  /** Absent when no language model wrote the note's body: then it is not judged. */
  readonly written?: WrittenNote;
};

/** What a language model wrote. */
export type WrittenNote = {
  /** As the model gave it, without the code and tables that were put back. */
  readonly content: string;
  /** How many blocks of code and tables the conversation has, and how many of them the model left out. */
  readonly blocks: number;
  readonly dropped: number;
};
