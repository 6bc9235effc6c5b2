import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { SourceRecord } from "../../../core/pipeline/source.ts";
import type { Conversation } from "../../conversation.ts";
import { readJekyll } from "./index.ts";

let folder = "";
beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), "holdfast-jekyll-")), "blog");
  await mkdir(folder);
});
afterEach(() => rm(dirname(folder), { recursive: true }));

async function file(name: string, text: string): Promise<void> {
  await mkdir(dirname(join(folder, name)), { recursive: true });
  await writeFile(join(folder, name), text);
}

async function records(path = folder): Promise<SourceRecord<Conversation>[]> {
  const all: SourceRecord<Conversation>[] = [];
  for await (const record of readJekyll(path).read({ signal: AbortSignal.any([]) })) all.push(record);
  return all.slice(1);
}

async function urlOf(config: string, frontMatter: string): Promise<string | undefined> {
  await file("_config.yml", config);
  await file("_posts/2025-01-31-how-kelp-holds-on.md", `---\n${frontMatter}\n---\nKelp`);
  const [record] = await records();
  return record?.kind === "item" ? record.content.url : undefined;
}

describe("a blog", () => {
  it("gives its posts, drafts and pages, and says why the rest is none", async () => {
    await file("_config.yml", "url: https://example.org");
    await file("_posts/2025-01-31-kelp.md", "---\ntitle: Kelp\ntags: sea rock\n---\nKelp grips rock.");
    await file("_drafts/idea.md", "---\ntitle: Idea\n---\nNot yet.");
    await file("about.md", "---\ntitle: About\npublished: false\n---\nMe.");
    await file("README.md", "# My blog");
    await file("_includes/footer.md", "---\n---\nEnd");
    expect(await records()).toMatchObject([
      {
        kind: "skipped",
        itemId: "jekyll:blog/README.md",
        reason: "no front matter: Jekyll does not treat it as a page",
      },
      {
        kind: "item",
        itemId: "jekyll:blog/_drafts/idea.md",
        content: { document: { withheld: "in the folder _drafts" } },
      },
      { kind: "skipped", itemId: "jekyll:blog/_includes/footer.md", reason: "a part of the blog's theme" },
      {
        kind: "item",
        itemId: "jekyll:blog/_posts/2025-01-31-kelp.md",
        content: {
          provider: "jekyll",
          title: "Kelp",
          createdAt: "2025-01-31T00:00:00.000Z",
          url: "https://example.org/2025/01/31/kelp.html",
          document: { body: "Kelp grips rock.", tags: ["sea", "rock"] },
        },
      },
      { kind: "item", itemId: "jekyll:blog/about.md", content: { document: { withheld: "published: false" } } },
    ]);
  });

  it("may be its folder of posts alone", async () => {
    await file("_posts/2025-01-31-kelp.md", "---\n---\nKelp");
    expect(await records(join(folder, "_posts"))).toMatchObject([{ itemId: "jekyll:_posts/2025-01-31-kelp.md" }]);
  });
});

describe("the address of a post", () => {
  it.each<[string, string, string, string | undefined]>([
    ["by default", "url: https://e.org/", "title: a", "https://e.org/2025/01/31/how-kelp-holds-on.html"],
    [
      "with categories",
      "url: https://e.org",
      "categories: Sea rock",
      "https://e.org/sea/rock/2025/01/31/how-kelp-holds-on.html",
    ],
    ["below a base", "url: https://e.org\nbaseurl: /blog", "permalink: /kelp/", "https://e.org/blog/kelp/"],
    [
      "by the blog's template",
      "url: https://e.org\npermalink: /:year/:slug",
      "date: 2024-12-31 23:00:00 -0500",
      "https://e.org/2024/how-kelp-holds-on",
    ],
    ["by a named template", "url: https://e.org\npermalink: pretty", "slug: kelp", "https://e.org/2025/01/31/kelp/"],
    ["by a template that we do not know", "url: https://e.org\npermalink: /:week/:title", "title: a", undefined],
    ["of a blog that does not say where it is", "title: Blog", "title: a", undefined],
    ["of a blog whose settings are broken", "url: [", "title: a", undefined],
  ])("is known %s", async (_name, config, frontMatter, url) => {
    expect(await urlOf(config, frontMatter)).toBe(url);
  });
});
