// Writes what the built entries offer into etc/, a report each; `--check` fails when a report is not up to date.
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Extractor, ExtractorConfig, ExtractorLogLevel } from "@microsoft/api-extractor";

/** The entries that other people's code is held to, and what their reports are called. */
const ENTRIES: Readonly<Record<string, string>> = {
  holdfast: "dist/index.d.ts",
  "holdfast-retry": "dist/retry/index.d.ts",
  "holdfast-retry-testing": "dist/retry/testing/index.d.ts",
  ...Object.fromEntries(
    ["bullmq", "chats", "config", "llm", "sinks", "sources", "testing"].map((entry) => [
      `holdfast-${entry}`,
      `dist/entries/${entry}.d.ts`,
    ]),
  ),
};

/** What the emitted declarations need; the extractor brings a compiler of its own. */
const COMPILER_OPTIONS = {
  target: "es2024",
  lib: ["es2024", "esnext.array", "esnext.disposable", "dom"],
  module: "nodenext",
  types: ["node"],
  strict: true,
  exactOptionalPropertyTypes: true,
  skipLibCheck: true,
};

/** Types that only serve other types: nobody has a value of them or writes their names. */
const TYPE_MACHINERY = new Set(["At", "DelayOf", "Gets", "LOAD_CHANGES", "Last", "SchemaResult", "StepOf"]);

const isCheck = process.argv.includes("--check");
mkdirSync("etc", { recursive: true });
const scratch = mkdtempSync(join(tmpdir(), "holdfast-api-"));
const stale = Object.entries(ENTRIES).filter(([report, entry]) => !isUpToDate(report, entry));
rmSync(scratch, { recursive: true, force: true });

const unreachable = unreachableTypes();
if (unreachable.length > 0) {
  console.error(`Types that stand in signatures have to be exported by an entry:\n${unreachable.join("\n")}`);
  process.exit(1);
}
if (stale.length > 0 && isCheck) {
  const reports = stale.map(([report]) => `etc/${report}.api.md`).join(", ");
  console.error(`The public API differs from ${reports}. If that is meant, run \`npm run api\` and commit the report.`);
  process.exit(1);
}
console.log(isCheck ? "The API reports in etc/ are up to date." : "The API reports are in etc/.");

function isUpToDate(report: string, entry: string): boolean {
  const config = ExtractorConfig.prepare({
    configObjectFullPath: undefined,
    packageJsonFullPath: resolve("package.json"),
    configObject: {
      projectFolder: resolve("."),
      mainEntryPointFilePath: resolve(entry),
      newlineKind: "lf",
      compiler: { overrideTsconfig: { compilerOptions: COMPILER_OPTIONS, files: [resolve(entry)] } },
      apiReport: {
        enabled: true,
        reportFileName: report,
        reportFolder: resolve("etc"),
        reportTempFolder: scratch,
      },
      messages: {
        // Comments are judged by people. A type that is used but not exported by its name belongs into the report.
        extractorMessageReporting: {
          default: { logLevel: ExtractorLogLevel.None },
          "ae-forgotten-export": { logLevel: ExtractorLogLevel.Warning, addToApiReportFile: true },
        },
        tsdocMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
      },
    },
  });
  return !Extractor.invoke(config, { localBuild: !isCheck, messageCallback: silence }).apiReportChanged;
}

/** Types that stand in the signatures of an entry, and that no entry exports. */
function unreachableTypes(): readonly string[] {
  const reports = Object.keys(ENTRIES).map((name) => ({ name, text: readFileSync(`etc/${name}.api.md`, "utf8") }));
  const namesIn = (text: string, pattern: RegExp): string[] => [...text.matchAll(pattern)].map(([, name = ""]) => name);
  const exported = new Set(
    reports.flatMap(({ text }) => namesIn(text, /^export (?:declare )?(?:abstract )?\w+ (\w+)/gm)),
  );
  return reports.flatMap(({ name, text }) =>
    namesIn(text, /\(ae-forgotten-export\) The symbol "(\w+)"/g)
      .filter((symbol) => !exported.has(symbol) && !TYPE_MACHINERY.has(symbol))
      .map((symbol) => `${name}: ${symbol}`),
  );
}

/** This script says itself what there is to say; errors are thrown. */
function silence(message: { handled: boolean }): void {
  message.handled = true;
}
