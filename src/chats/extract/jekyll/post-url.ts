import { type Fields, textOf } from "../../../stages/extract/input/index.ts";
import { dateOf, datedName, wordsOf } from "../markdown/index.ts";
import type { SiteConfig } from "./site-config.ts";

/** The names that Jekyll gives to templates (https://jekyllrb.com/docs/permalinks/). */
const TEMPLATES: Readonly<Record<string, string>> = {
  date: "/:categories/:year/:month/:day/:title.html",
  pretty: "/:categories/:year/:month/:day/:title/",
  none: "/:categories/:title.html",
};

/**
 * The address of a post or page. `undefined` when the blog does not give its address, or when it is not certain: no
 * link is better than a wrong one.
 */
export function postUrl(name: string, fields: Fields, { address, permalink }: SiteConfig): string | undefined {
  if (address === undefined) return undefined;
  const own = textOf(fields["permalink"]).trim();
  const isPost = /(^|\/)_posts\//.test(name);
  if (own === "" && !isPost) return undefined;
  const template = own || permalink;
  const values = valuesOf(name, fields);
  let isKnown = true;
  const path = (Object.hasOwn(TEMPLATES, template) ? (TEMPLATES[template] ?? "") : template).replace(
    /:(\w+)/g,
    (_, key: string) => {
      const value = Object.hasOwn(values, key) ? values[key] : undefined;
      isKnown &&= value !== undefined;
      return value ?? "";
    },
  );
  return isKnown ? encodeURI(`${address}/${path}`.replace(/([^:])\/{2,}/g, "$1/")) : undefined;
}

function valuesOf(name: string, fields: Fields): Readonly<Record<string, string | undefined>> {
  const { date: nameDate, slug } = datedName(name.slice(name.lastIndexOf("/") + 1));
  // A date counts where it was written, not in UTC.
  const written = dateOf(fields["date"]) === undefined ? nameDate : textOf(fields["date"]).trim().replaceAll("/", "-");
  const [year, month, day] = (written ?? "").slice(0, 10).split("-");
  const categories = [...wordsOf(fields["categories"]), textOf(fields["category"])].map((word) => word.trim());
  return {
    year,
    month,
    day,
    title: textOf(fields["slug"]) || slug,
    slug: textOf(fields["slug"]) || slug,
    categories: categories
      .filter((word) => word !== "")
      .map((word) => word.toLowerCase())
      .join("/"),
  };
}
