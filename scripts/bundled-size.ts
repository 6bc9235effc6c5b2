import { brotliCompressSync } from "node:zlib";
import { build } from "esbuild";

/** How large a piece of code is once it is bundled for a browser with all that it imports. */
export interface BundledSize {
  /** Minified. */
  readonly minBytes: number;
  /** Minified, then compressed with Brotli, as a server sends it. */
  readonly brotliBytes: number;
}

/** Bundles `code`, whose imports are looked up from `folder`, and weighs the result. */
export async function bundledSize(code: string, folder: string): Promise<BundledSize> {
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: folder },
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    target: "es2024",
    legalComments: "none",
    logLevel: "error",
    write: false,
  });
  const [bundle] = outputFiles;
  if (bundle === undefined) throw new Error("Expected a bundle");
  return { minBytes: bundle.contents.length, brotliBytes: brotliCompressSync(bundle.contents).length };
}
