/** A page of a list, as Anthropic's API gives it. */
export interface Page<Item> {
  readonly data: readonly Item[];
  readonly has_more: boolean;
  readonly first_id: string | null;
  readonly last_id: string | null;
}

/** The page that a query asks for: `limit` (20 unless it says so), `after_id`, `before_id`. */
export function pageOf<Item extends { readonly id: string }>(all: readonly Item[], query: URLSearchParams): Page<Item> {
  const limit = Number(query.get("limit") ?? 20);
  const after = all.findIndex(({ id }) => id === query.get("after_id")) + 1;
  const beforeId = query.get("before_id");
  const end = beforeId === null ? all.length : all.findIndex(({ id }) => id === beforeId);
  const start = beforeId === null ? after : Math.max(0, end - limit);
  const data = all.slice(start, Math.min(end, start + limit));
  return {
    data,
    has_more: beforeId === null ? start + limit < all.length : start > 0,
    first_id: data[0]?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
  };
}
