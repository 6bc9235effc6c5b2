import type { Conversation } from "../../conversation.ts";
import type { Note } from "../../../stages/note/index.ts";

/** A whole note with what is needed to judge it. */
export type DraftNote = {
  readonly note: Note;
  readonly conversation: Conversation;
  /** Absent when no language model wrote the note's body: there is nothing to judge then. */
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
