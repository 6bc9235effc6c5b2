// Runs the facts in a real browser, which imports the published files as they are, without a bundler.
import { existsSync } from "node:fs";
import { chromium, type Page } from "playwright-core";
import { openDeps, type Deps } from "./deps.ts";

const executablePath = "/usr/bin/chromium";
if (!existsSync(executablePath)) {
  console.error(`No browser at ${executablePath}. On Debian: apt-get install chromium`);
  process.exit(1);
}

/** A browser that asks nobody for anything on its own. */
const args = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

await using deps = await openDeps();
const browser = await chromium.launch({ executablePath, args });
try {
  console.log(`\nChromium ${browser.version()}`);
  const page = await browser.newPage();
  const unhandled: string[] = [];
  page.on("pageerror", (error) => unhandled.push(String(error)));
  const lines = await tryIn(page, deps);
  for (const { name, error } of lines)
    console.log(error === undefined ? `  ok    ${name}` : `  FAILS ${name}\n${error}`);
  for (const error of unhandled) console.error(`  unhandled in the page: ${error}`);
  if (unhandled.length > 0 || lines.some(({ error }) => error !== undefined)) process.exitCode = 1;
} finally {
  await browser.close();
}

interface Line {
  readonly name: string;
  readonly error: string | undefined;
}

async function tryIn(page: Page, { pageUrl, refusedUrl, brokenUrl }: Deps): Promise<readonly Line[]> {
  await page.goto(pageUrl);
  await page.waitForFunction("globalThis.tryAll !== undefined");
  return page.evaluate(`tryAll(${JSON.stringify({ refusedUrl, brokenUrl })})`);
}
