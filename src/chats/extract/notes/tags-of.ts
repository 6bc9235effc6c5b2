/** Tags as a list, or in one text with commas or spaces between them. */
export function tagsOf(value: unknown): readonly string[] {
  if (typeof value === "string")
    return value.split(value.includes(",") ? "," : /\s+/).filter((tag) => tag.trim() !== "");
  return Array.isArray(value) ? value.flatMap((tag) => (isScalar(tag) ? [String(tag)] : [])) : [];
}

const isScalar = (value: unknown): boolean => typeof value === "string" || typeof value === "number";
