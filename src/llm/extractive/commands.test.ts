import { describe, expect, it } from "vitest";
import { findCommands } from "./commands.ts";
import { readBlocks } from "./markdown-blocks.ts";

const commandsIn = (...messages: string[]) =>
  findCommands(messages.map((text) => ({ asks: false, blocks: readBlocks(text) })));
const fence = (language: string, text: string): string => `\`\`\`${language}\n${text}\n\`\`\``;

describe("findCommands", () => {
  it.each([
    ["a shell fence", fence("bash", "npm ci\nnpm test"), ["npm ci", "npm test"]],
    ["a prompt in a shell fence, where the rest is output", fence("sh", "$ ls\na.txt"), ["ls"]],
    ["a transcript", fence("console", "$ ls -la\ntotal 0\n$ pwd"), ["ls -la", "pwd"]],
    ["a fence without a language, with a prompt", fence("", "$ docker ps"), ["docker ps"]],
    ["a line with a prompt in the text", "Run this:\n\n$ git status", ["git status"]],
    ["a pasted terminal", "me@host:~/src$ git pull\nAlready up to date.", ["git pull"]],
    ["a command over two lines", fence("bash", "curl -s \\\n  https://a.b"), ["curl -s \\\n  https://a.b"]],
    ["comments, kept only before a command", fence("bash", "# Build\nmake\n# The end"), ["# Build", "make"]],
  ])("finds commands in %s", (_where, text, lines) => {
    expect(commandsIn(text)).toEqual([{ shell: "bash", lines }]);
  });

  it("keeps the shells apart", () => {
    expect(
      commandsIn(fence("powershell", "Get-Item a"), fence("bash", "ls a"), "PS C:\\src> Get-Date", "C:\\> dir"),
    ).toEqual([
      { shell: "powershell", lines: ["Get-Item a", "Get-Date"] },
      { shell: "bash", lines: ["ls a"] },
      { shell: "bat", lines: ["dir"] },
    ]);
  });

  it("lists a command once, however often it is said", () => {
    expect(commandsIn(fence("bash", "npm ci"), "$ npm ci", fence("sh", "npm ci"))).toEqual([
      { shell: "bash", lines: ["npm ci"] },
    ]);
  });

  it.each([
    ["a loop", fence("bash", "for f in *; do\n  echo $f\ndone")],
    ["a function", fence("bash", "go() {\n  cd x\n}")],
    ["a here-document", fence("bash", "cat <<EOF\nhi\nEOF")],
    ["a script with its interpreter", fence("bash", "#!/bin/sh\nls")],
    ["output alone", fence("console", "total 0")],
    ["another language", fence("ts", "const ls = 1;")],
    ["a price", "It costs $ 20 a month."],
  ])("finds none in %s", (_where, text) => {
    expect(commandsIn(text)).toEqual([]);
  });
});
