/** A chat in one shape, whichever service it came from. Everything a note may need, and nothing of the export's form. */
export type Conversation = {
  /** The service or the kind of source: `claude`, `chatgpt`, `markdown`, `jekyll`. */
  readonly provider: string;
  /** The service's own id. `provider:id` is the conversation's identity for ever. */
  readonly id: string;
  /** May be empty: some chats were never named. */
  readonly title: string;
  /** ISO 8601 in UTC. */
  readonly createdAt?: string;
  readonly updatedAt?: string;
  /** Link back to the chat. */
  readonly url?: string;
  readonly messages: readonly Message[];
  /** Documents written in the chat, each in its last version. */
  readonly artifacts: readonly Artifact[];
  /** Given when the source is a document already: its text is kept as it is, and only what is missing is asked for. */
  readonly document?: SourceDocument;
  /** How many blocks of each type nobody knew; their text is kept where they had any. */
  readonly unknownBlocks: Readonly<Record<string, number>>;
  /** sha256 in hex over all of the above but `updatedAt` and `url`: it changes when the chat grows. */
  readonly contentHash: string;
};

/** A Markdown file that somebody wrote. Its body is also the conversation's one message, from the user. */
export type SourceDocument = {
  /** Markdown without front matter. */
  readonly body: string;
  readonly summary?: string;
  /** Without `#` and without spaces. */
  readonly tags?: readonly string[];
  /** Why its author keeps it back, as in `draft: true`; absent when it is for everybody. */
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
  /** The text that the service took out of the file, when it did. */
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
