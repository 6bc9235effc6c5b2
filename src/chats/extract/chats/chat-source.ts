/** Where conversations and documents can come from. */
export const ChatSource = { claude: "claude", chatgpt: "chatgpt", markdown: "markdown", jekyll: "jekyll" } as const;
/** What an input is: a value of {@link ChatSource}. */
export type ChatSource = (typeof ChatSource)[keyof typeof ChatSource];
