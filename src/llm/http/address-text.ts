/** An address as it may be shown: without user name and password. */
export function showAddress(baseUrl: string): string {
  const url = new URL(baseUrl);
  url.username = "";
  url.password = "";
  return withoutSlash(url.href);
}

/** A text without its quotes: `.env` files keep them. */
export const unquote = (value: string): string =>
  value
    .trim()
    .replace(/^["']|["']$/g, "")
    .trim();

export const withoutSlash = (url: string): string => url.replace(/\/+$/, "");
