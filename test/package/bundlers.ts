import { join } from "node:path";
import { build as buildWithEsbuild } from "esbuild";
import { rolldown } from "rolldown";
import { build as buildWithVite, createLogger } from "vite";

/** Bundles `main.mjs` of a folder with all that it imports into `bundled/main.mjs`, and returns what it warned about. */
export type Bundle = (folder: string) => Promise<readonly string[]>;

export const bundlers: Readonly<Record<string, Bundle>> = {
  async esbuild(folder) {
    const { warnings } = await buildWithEsbuild({
      absWorkingDir: folder,
      entryPoints: ["main.mjs"],
      outfile: "bundled/main.mjs",
      bundle: true,
      // What a bundler for production does: names in constants are put in their places, also into an `import`.
      minify: true,
      platform: "node",
      format: "esm",
      logLevel: "silent",
    });
    return warnings.map(({ text }) => text);
  },

  async Rolldown(folder) {
    const warnings: string[] = [];
    await using bundle = await rolldown({
      cwd: folder,
      input: "main.mjs",
      platform: "node",
      onLog: (level, { message }) => void (level === "warn" && warnings.push(message)),
    });
    await bundle.write({ file: join(folder, "bundled/main.mjs"), codeSplitting: false });
    return warnings;
  },

  async Vite(folder) {
    const warnings: string[] = [];
    const warn = (message: string): void => void warnings.push(message);
    await buildWithVite({
      root: folder,
      configFile: false,
      logLevel: "silent",
      customLogger: { ...createLogger("silent"), warn, warnOnce: warn },
      ssr: { noExternal: true },
      build: {
        ssr: "main.mjs",
        outDir: "bundled",
        rolldownOptions: { output: { entryFileNames: "main.mjs", codeSplitting: false } },
      },
    });
    return warnings;
  },
};
