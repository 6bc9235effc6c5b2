import { spawn } from "node:child_process";
import { symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { newProject, root } from "../cli/holdfast.ts";

/** A user's new project with the compiler's `strict`; its TypeScript files are written into it afterwards. */
export function newStrictProject(): string {
  const cwd = newProject();
  symlinkSync(join(root, "node_modules/@types"), join(cwd, "node_modules/@types"));
  const compilerOptions = {
    strict: true,
    target: "es2022",
    module: "nodenext",
    noEmit: true,
    types: ["node"],
    allowImportingTsExtensions: true,
  };
  writeFileSync(join(cwd, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["**/*.ts", "**/*.mts"] }));
  writeFileSync(join(cwd, "package.json"), JSON.stringify({ type: "module" }));
  writeFileSync(join(cwd, "json-schema.d.ts"), TYPES_OF_JSON_SCHEMA);
  return cwd;
}

/** Types that the AI SDK's packages name and do not install; who checks no libraries does not miss them. */
const TYPES_OF_JSON_SCHEMA = `declare module "json-schema" {
  export type JSONSchema7 = object;
  export type JSONSchema7Definition = object | boolean;
}
`;

/** What the compiler finds wrong in a project; nothing when all of it compiles. */
export async function compile(cwd: string): Promise<string> {
  const tsc = spawn(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", "."], { cwd });
  let printed = "";
  tsc.stdout.on("data", (chunk: Buffer) => (printed += chunk.toString()));
  tsc.stderr.on("data", (chunk: Buffer) => (printed += chunk.toString()));
  const code = await new Promise((resolve) => tsc.on("close", resolve));
  return code !== 0 && printed === "" ? `The compiler ended with ${String(code)}.` : printed;
}
