/** A chat in a common form, whichever service it came from: everything a note may need, nothing of the export's format. */
export type Conversation = {
  /** The service or the kind of source: `claude`, `chatgpt`, `markdown`, `jekyll`. */
  readonly provider: string;
  /** The service's own id. `provider:id` identifies the conversation permanently. */
  readonly id: string;
  /** May be empty: some chats have no title. */
  readonly title: string;
  /** ISO 8601 in UTC. */
  readonly createdAt?: string;
  readonly updatedAt?: string;
  /** Link back to the chat. */
  readonly url?: string;
  readonly messages: readonly Message[];
  /** Documents that were written in the chat, each in its last version. */
  readonly artifacts: readonly Artifact[];
  /** Set when the source is a document: its text is kept as it is, and the model is asked only for what is missing. */
  readonly document?: SourceDocument;
  /** The number of blocks of each unknown type; their text is kept if they have any. */
  readonly unknownBlocks: Readonly<Record<string, number>>;
  /** sha256 in hex over all of the above but `updatedAt` and `url`: it changes when the chat grows. */
  readonly contentHash: string;
};

/** A Markdown file that a person wrote. Its body is also the conversation's one message, from the user. */
export type SourceDocument = {
  /** Markdown without front matter. */
  readonly body: string;
  readonly summary?: string;
  /** Without `#` and without spaces. */
  readonly tags?: readonly string[];
  /** Why its author withholds it, as in `draft: true`; absent when it is public. */
  readonly withheld?: string;
};

/** What one side said in a chat at one time. */
export type Message = {
  readonly role: "user" | "assistant" | "system" | "tool";
  /** Markdown, as the service showed it. */
  readonly text: string;
  readonly createdAt?: string;
  readonly attachments: readonly Attachment[];
};

/** A file that a person added to a message. */
export type Attachment = {
  readonly name: string;
  readonly mediaType?: string;
  readonly bytes?: number;
  /** The text that the service extracted from the file, if it did. */
  readonly text?: string;
};

/** A document that was written in a chat, in its last version. */
export type Artifact = {
  readonly id: string;
  readonly title: string;
  /** Media type, such as `text/markdown` or `application/vnd.ant.code`. */
  readonly mediaType?: string;
  readonly language?: string;
  readonly text: string;
};
