/** A page on the web that a chat read or cited. Either of the two may be "". */
export interface LinkedPage {
  readonly url: string;
  readonly title: string;
}

/** Pages as a Markdown list under "Sources:", each once and in the order in which they came; "" when there is none. */
export function sourcesList(pages: readonly LinkedPage[]): string {
  const lines = new Set(pages.map(asLink).filter((line) => line !== ""));
  return lines.size === 0 ? "" : ["Sources:", ...Array.from(lines, (line) => `- ${line}`)].join("\n");
}

/** A Markdown link; the bare title where the address is none of the web's, and "" where nothing is known. */
export function asLink({ url, title }: LinkedPage): string {
  const label = title.replace(/\s+/g, " ").trim();
  if (!/^https?:\/\//i.test(url)) return label;
  const address = withoutTracking(url.trim());
  return label === "" ? `<${address}>` : `[${label.replace(/[[\]]/g, "\\$&")}](${address})`;
}

/** ChatGPT adds its name to the addresses that it cites. */
function withoutTracking(url: string): string {
  return url
    .replace(/([?&])utm_source=(chatgpt\.com|openai)(&|(?=#|$))/, (_all, before: string, _name, after: string) =>
      after === "&" ? before : "",
    )
    .replaceAll(" ", "%20")
    .replaceAll("(", "%28")
    .replaceAll(")", "%29");
}
