import { basename } from "node:path";
import type { Source } from "../../../core/pipeline/index.ts";
import type { Conversation } from "../../conversation.ts";
import type { Fields } from "../../../stages/extract/input/index.ts";
import { type DocumentKind, type DocumentSourceOptions, documentSource } from "../markdown/index.ts";
import { postUrl } from "./post-url.ts";
import { type SiteConfig, readSiteConfig } from "./site-config.ts";

/**
 * The posts and pages of a Jekyll blog: a folder with `_config.yml` or `_posts`, such as a git clone. As Jekyll has it,
 * a file without front matter is no page. Drafts, and what is not published, come with `document.withheld`. A file's
 * item id is its path from the folder on, the folder's name included (`jekyll:blog/_posts/2025-01-31-kelp.md`).
 *
 * @example
 * ```ts
 * import { mkdirSync, writeFileSync } from "node:fs";
 * import { readJekyll } from "holdfast/chats";
 *
 * mkdirSync("blog/_posts", { recursive: true });
 * writeFileSync("blog/_config.yml", "url: https://example.org\n");
 * writeFileSync("blog/_posts/2025-01-31-kelp.md", "---\ntitle: Kelp\n---\n\nIt grips rock.\n");
 * for await (const record of readJekyll("blog").read({ signal: new AbortController().signal })) {
 *   if (record.kind === "item") console.log(record.itemId, record.content.title, record.content.url);
 * }
 * // prints: jekyll:blog/_posts/2025-01-31-kelp.md Kelp https://example.org/2025/01/31/kelp.html
 * ```
 */
export function readJekyll(path: string, options: DocumentSourceOptions = {}): Source<Conversation> {
  const kindOf = async (root: string): Promise<DocumentKind> => kindOfSite(root, await readSiteConfig(root));
  return documentSource(path, kindOf, { ...options, name: "parse_jekyll", version: 1 });
}

function kindOfSite(root: string, config: SiteConfig): DocumentKind {
  // The folder may be `_posts` itself.
  const placeOf = (name: string): string => `${basename(root)}/${name}`;
  return {
    provider: "jekyll",
    skip: (name, fields) => {
      if (/(^|\/)_(layouts|includes|sass|data)\//.test(name)) return "a part of the blog's theme";
      return fields ? undefined : "no front matter: Jekyll does not treat it as a page";
    },
    facts: (name: string, fields: Fields) => ({
      withheld: /(^|\/)_drafts\//.test(placeOf(name)) ? "in the folder _drafts" : undefined,
      url: postUrl(placeOf(name), fields, config),
    }),
  };
}
