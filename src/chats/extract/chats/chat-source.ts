/** The sources of conversations and documents. */
export const ChatSource = { claude: "claude", chatgpt: "chatgpt", markdown: "markdown", jekyll: "jekyll" } as const;
/** What an input is: a value of {@link ChatSource}. */
export type ChatSource = (typeof ChatSource)[keyof typeof ChatSource];
