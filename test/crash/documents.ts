import { cpSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { newProject, root } from "../cli/holdfast.ts";

/** One of each kind that a run can meet. */
const ONE_OF_EACH: readonly string[] = [
  line("plain", { parts: ["a", "b"] }),
  line("unchanged", { is: "unchanged" }),
  line("flaky", { is: "flaky", parts: ["a"] }),
  line("short", { is: "short" }),
  "this line is not JSON",
  line("odd", { is: "odd", parts: ["a"] }),
  line("gone", { is: "gone" }),
];

/** A new project in which `holdfast run pipeline.ts` works. */
export function newCrashProject(documents: readonly string[] = ONE_OF_EACH): string {
  const cwd = newProject();
  cpSync(join(root, "test/crash/fixtures/pipeline.ts"), join(cwd, "pipeline.ts"));
  writeFileSync(join(cwd, "docs.jsonl"), `${documents.join("\n")}\n`);
  return cwd;
}

/** The lines of a file; none when there is no file. */
export function linesOf(file: string): readonly string[] {
  const text = existsSync(file) ? readFileSync(file, "utf8").trim() : "";
  return text === "" ? [] : text.split("\n");
}

export function line(
  id: string,
  { is, parts = [] }: { readonly is?: string | undefined; readonly parts?: readonly string[] },
): string {
  return JSON.stringify({ id, ...(is !== undefined && { is }), parts });
}
