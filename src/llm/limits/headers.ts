/** The headers of an answer, with names in small letters or not. */
export type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/** A longer value says nothing of a limit. */
const MOST_CHARS = 1_024;
/** No answer has more headers; what comes after them is not looked at. */
const MOST_HEADERS = 500;
/** LiteLLM passes on what the server behind it has told, under names of its own. */
const PASSED_ON = "llm_provider-";

/** The headers that can tell something: names in small letters, values that came twice as one list. A gateway's own come first. */
export function shortHeaders(headers: Headers): ReadonlyMap<string, string> {
  const own = new Map<string, string>();
  const passedOn = new Map<string, string>();
  let seen = 0;
  for (const name in headers) {
    if ((seen += 1) > MOST_HEADERS) break;
    const text = textIn(headers[name]);
    if (text === undefined || name.length > 100) continue;
    const lower = name.toLowerCase();
    if (lower.startsWith(PASSED_ON)) passedOn.set(lower.slice(PASSED_ON.length), text);
    else own.set(lower, text);
  }
  return new Map([...passedOn, ...own]);
}

function textIn(value: string | readonly string[] | undefined): string | undefined {
  // A value that comes twice is one list (RFC 9110, 5.3).
  const text = Array.isArray(value) ? value.slice(0, 16).join(", ") : value;
  return typeof text === "string" && text.length <= MOST_CHARS ? text.trim() : undefined;
}
