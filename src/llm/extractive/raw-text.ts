/** A line typed at a shell: `$ npm ci`, `user@host:~$ ls`, `PS C:\> dir`, `C:\> dir`. The command is group 1. */
export const SHELL_PROMPT: RegExp =
  /^\s*(?:[\w.-]{1,64}@[\w.-]{1,64}[^$#\s]{0,120}[$#]|PS [^>\n]{0,160}>|[A-Z]:\\[^>\n]{0,160}>|[$❯➜])\s+((?:sudo\s|[a-zA-Z./~_])[^\n]*)$/u;

/** Patterns of lines of code, logs and stack traces that were pasted without a fence. */
const RAW_LINES: readonly RegExp[] = [
  /^\s*at .*[(:]\S*:\d+/,
  /^\s*File ".*", line \d+/,
  /^(?:Traceback \(most recent|\w+(?:Error|Exception): |npm (?:ERR|WARN)|fatal: |error(?:\[\w+\])?: |warning: )/,
  /^\s*\[?(?:INFO|WARN|WARNING|ERROR|DEBUG|TRACE|FATAL)\b/,
  /^\s*\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d/,
  /^[-dlrwxst]{10}[\s.+@]/,
  /^\s*(?:import|from|export|const|let|var|function|def|class|public|private|static|return|#include|using|package|SELECT|INSERT|UPDATE|CREATE)\b.*[;{(=:]\s*$/,
  /^\s*(?:from \S+ )?import \S+(?: as \S+)?\s*$/,
  /[;{}]\s*$/,
  /^\s*<\/?[a-zA-Z][^>]*>\s*$/,
  /^[\w.-]+\s*=\s*\S/,
  // What a tool did, as exports note it in the text: `[web_search: kelp]`.
  /^\s*\[[\w .-]{1,60}: .*\]\s*$|^\s*\[[^\]]*\]\s*$/,
];

/** Whether a line is no sentence but something a machine wrote or reads. */
export function isRawText(line: string): boolean {
  const head = line.slice(0, 400);
  if (RAW_LINES.some((pattern) => pattern.test(head))) return true;
  const visible = head
    .replace(/https?:\/\/\S+/g, "")
    .replace(/`[^`]*`/g, "")
    .replace(/\s/g, "");
  const signs = visible.match(/[^\p{L}\p{M}\p{N}.,!?'"’“”:()、。！？「」『』（）：・ー…–—*_~-]/gu)?.length ?? 0;
  return visible.length > 0 && signs / visible.length > 0.2;
}
