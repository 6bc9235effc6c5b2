/** How people of one language say certain things. Each list is tried on a whole sentence without Markdown. */
export interface PhraseLists {
  /** Greetings, praise, offers of help, announcements of what follows: polite, and empty. */
  readonly chatter: readonly RegExp[];
  /** Openings that make no sense without the sentence before. */
  readonly leansBack: readonly RegExp[];
  readonly question: readonly RegExp[];
  readonly request: readonly RegExp[];
  /** Requests that say what is to be done, understood without the chat around them. */
  readonly task: readonly RegExp[];
  /** What the heading above a list of decisions says. */
  readonly decisionHeading: readonly RegExp[];
  /** How people mark what it comes down to. */
  readonly conclusion: readonly RegExp[];
  /** A sentence that makes the next one of the same person a decision. */
  readonly settles: readonly RegExp[];
  readonly decision: readonly RegExp[];
  /** Decisions only when the person says them: an assistant uses the same words to explain. */
  readonly ownDecision?: readonly RegExp[];
}
