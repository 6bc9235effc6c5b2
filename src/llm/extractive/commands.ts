import type { Block } from "./markdown-blocks.ts";
import { SHELL_PROMPT } from "./raw-text.ts";
import type { Voice } from "./voices.ts";

/** Commands of one kind of shell, ready for one fence. */
export interface Commands {
  readonly shell: "bash" | "powershell" | "bat";
  readonly lines: readonly string[];
}

type Shell = Commands["shell"];

const SHELL_OF_LANGUAGE: Readonly<Record<string, Shell>> = {
  bash: "bash",
  sh: "bash",
  shell: "bash",
  zsh: "bash",
  fish: "bash",
  console: "bash",
  terminal: "bash",
  "shell-session": "bash",
  shellsession: "bash",
  powershell: "powershell",
  pwsh: "powershell",
  ps1: "powershell",
  cmd: "bat",
  bat: "bat",
  batch: "bat",
  dos: "bat",
};

/** Fences that show a terminal, so that a line without a prompt is output. */
const TRANSCRIPTS: ReadonlySet<string> = new Set(["console", "terminal", "shell-session", "shellsession"]);

/** Every command of the chat, each once, with the comment that stands before it. */
export function findCommands(voices: readonly Voice[]): readonly Commands[] {
  const found = new Map<Shell, Set<string>>();
  for (const block of voices.flatMap(({ blocks }) => blocks)) {
    for (const { shell, text } of commandsOf(block)) {
      const lines = found.get(shell) ?? new Set();
      lines.add(text);
      found.set(shell, lines);
    }
  }
  return [...found].map(([shell, lines]) => ({ shell, lines: withoutLooseComments([...lines]) }));
}

/** Whether the commands found in a code block cover all of it, so that it need not be kept as code. */
export const isCommands = (block: Block): boolean => block.kind === "code" && commandsOf(block).length > 0;

interface Command {
  readonly shell: Shell;
  readonly text: string;
}

function commandsOf(block: Block): readonly Command[] {
  if (block.kind === "raw") return prompted(block.text, "bash");
  if (block.kind !== "code") return [];
  const shell = SHELL_OF_LANGUAGE[block.language];
  if (shell === undefined) {
    const isUnlabelled = block.language === "" || block.language === "text" || block.language === "plaintext";
    return isUnlabelled ? prompted(block.text, "bash") : [];
  }
  const withPrompt = prompted(block.text, shell);
  if (withPrompt.length > 0 || TRANSCRIPTS.has(block.language)) return withPrompt;
  return isScript(block.text) ? [] : joined(block.text).map((text) => ({ shell, text }));
}

function prompted(text: string, shell: Shell): readonly Command[] {
  return joined(text).flatMap((line) => {
    const command = SHELL_PROMPT.exec(line)?.[1];
    if (command === undefined) return [];
    return [
      { shell: /^\s*PS /.test(line) ? "powershell" : /^\s*[A-Z]:\\/.test(line) ? "bat" : shell, text: command.trim() },
    ];
  });
}

/** Lines that are no single commands: loops, functions, here-documents, quotes over several lines. Such a script stays whole. */
function isScript(text: string): boolean {
  const lines = joined(text).filter((line) => !line.startsWith("#") || line.startsWith("#!"));
  return lines.some((line) => SCRIPT_LINE.test(line) || line.split('"').length % 2 === 0 || /[({]\s*$/.test(line));
}

const SCRIPT_LINE =
  /^\s*(?:#!|(?:if|for|while|until|case|function|foreach|param|try)\b|[\w-]+\s*\(\)\s*\{|\})|<<-?\s*['"]?\w+|\b(?:then|do)\s*$/i;

/** The lines of a text that hold something, those that end with a backslash joined to the next. */
const joined = (text: string): readonly string[] =>
  text
    .replace(/([^\\])\\\n/g, "$1\\\u0000")
    .split("\n")
    .map((line) => line.replaceAll("\u0000", "\n").trim())
    .filter((line) => line !== "");

/** A comment explains the command after it; one with no command after it explains nothing. */
const withoutLooseComments = (lines: readonly string[]): readonly string[] =>
  lines.filter((line, at) => !isComment(line) || (at + 1 < lines.length && !isComment(lines[at + 1] ?? "")));

const isComment = (line: string): boolean => /^(?:#|::|REM\b)/i.test(line);
