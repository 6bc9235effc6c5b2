/** A JSON object or list that was found in a text. */
export interface FoundJson {
  /** As JSON: line breaks and tabs in its strings are escaped, which JSON asks for and models forget. */
  readonly json: string;
  /** How much of the text it takes, in UTF-16 units. */
  readonly length: number;
}

const ESCAPES: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** The object or list that opens at `start`, by the balance of brackets outside strings; `undefined` when it never closes. */
export function wholeJsonAt(text: string, start: number): FoundJson | undefined {
  const json: string[] = [];
  let depth = 0;
  let isInString = false;
  for (let at = start; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (isInString && char === "\\") {
      json.push(char, text.charAt(at + 1));
      at += 1;
      continue;
    }
    if (char === '"') isInString = !isInString;
    json.push(isInString ? (ESCAPES[char] ?? char) : char);
    if (isInString) continue;
    if (char === "{" || char === "[") depth += 1;
    if (char === "}" || char === "]") depth -= 1;
    if (depth === 0) return { json: json.join(""), length: at + 1 - start };
  }
  return undefined;
}
