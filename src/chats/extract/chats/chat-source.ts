/** The sources of conversations and documents. */
export const ChatSource = { claude: "claude", chatgpt: "chatgpt", markdown: "markdown", jekyll: "jekyll" } as const;
export type ChatSource = (typeof ChatSource)[keyof typeof ChatSource];
