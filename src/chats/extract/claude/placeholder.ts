const PLACEHOLDER = "This block is not supported on your current device yet.";

const FENCED = new RegExp(
  `^[ \\t]*\`\`\`[^\\n]*\\n\\s*${PLACEHOLDER.replaceAll(".", "\\.")}\\s*\\n[ \\t]*\`\`\`[ \\t]*\\n?`,
  "gm",
);

/** Takes out the sentence that an export's `text` has in place of blocks it cannot show, and the code fence around it. */
export function withoutPlaceholder(text: string): string {
  if (!text.includes(PLACEHOLDER)) return text;
  return text
    .replace(FENCED, "")
    .replaceAll(PLACEHOLDER, "")
    .replace(/\n{3,}/g, "\n\n");
}
