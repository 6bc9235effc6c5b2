/** The page of a list that a query asks for: `pageSize` (50 unless it says so) and `pageToken`. */
export function pageOf<Item>(
  all: readonly Item[],
  query: URLSearchParams,
): { readonly items: readonly Item[]; readonly nextPageToken?: string } {
  const size = Number(query.get("pageSize") ?? 50);
  const start = Number(query.get("pageToken")?.replace("fake-", "") ?? 0);
  const end = start + size;
  return { items: all.slice(start, end), ...(end < all.length && { nextPageToken: `fake-${end}` }) };
}
