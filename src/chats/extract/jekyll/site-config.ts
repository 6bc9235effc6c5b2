import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import { isFields, textOf } from "../../../stages/extract/input/index.ts";

/** The settings of `_config.yml` about the addresses of pages. */
export interface SiteConfig {
  /** `https://example.org/blog`, without a slash at the end; `undefined` when the blog does not say. */
  readonly address: string | undefined;
  /** A template or the name of one. */
  readonly permalink: string;
}

/** Reads `_config.yml`. A blog without one, or with one that cannot be read, has no addresses. */
export async function readSiteConfig(root: string): Promise<SiteConfig> {
  const fields = await readFields(join(root, "_config.yml"));
  const url = textOf(fields["url"]).trim().replace(/\/+$/, "");
  const base = textOf(fields["baseurl"])
    .trim()
    .replace(/^\/*|\/+$/g, "");
  return {
    address: /^https?:\/\//.test(url) ? url + (base === "" ? "" : `/${base}`) : undefined,
    permalink: textOf(fields["permalink"]) || "date",
  };
}

async function readFields(path: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    const value: unknown = parse(await readFile(path, "utf8"), { uniqueKeys: false, logLevel: "silent" });
    return isFields(value) ? value : {};
  } catch {
    return {};
  }
}
