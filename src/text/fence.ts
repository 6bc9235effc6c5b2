/** An open code fence. */
export interface Fence {
  /** The run of marks that opened it. */
  readonly marks: string;
  /** How many white space characters stand before them. */
  readonly indent: number;
  /** What stands behind them: mostly the name of a language. */
  readonly info: string;
  /** How many fences are open inside it; 0 where fences do not nest. */
  readonly depth: number;
}

export interface FenceOptions {
  /** Lets a `markdown` fence hold others: chats write them so, without more marks on the outer one. @default false */
  readonly nests?: boolean;
}

/**
 * The fence that is open after a line, given the one before it: the one reader of fences, which every reader of Markdown
 * steps through its lines. Looks at each character once at most.
 */
export function fenceAfter(
  open: Fence | undefined,
  line: string,
  { nests = false }: FenceOptions = {},
): Fence | undefined {
  if (open === undefined) return openingFence(line);
  const bare = line.trim();
  if (!bare.startsWith(open.marks)) return open;
  if (isRun(bare, bare.charAt(0))) return open.depth === 0 ? undefined : { ...open, depth: open.depth - 1 };
  return nests && /^(?:markdown|md)(?![^\s{:,])/i.test(open.info) ? { ...open, depth: open.depth + 1 } : open;
}

const LEAST_MARKS = 3;

/** The fence that a line opens outside of one. */
export function openingFence(line: string): Fence | undefined {
  const bare = line.trimStart();
  const mark = bare.charAt(0);
  if (mark !== "`" && mark !== "~") return undefined;
  let length = 1;
  while (bare.charAt(length) === mark) length += 1;
  if (length < LEAST_MARKS) return undefined;
  const info = bare.slice(length).trim();
  if (mark === "`" && info.includes("`")) return undefined;
  return { marks: bare.slice(0, length), indent: line.length - bare.length, info, depth: 0 };
}

function isRun(text: string, mark: string): boolean {
  for (let at = 0; at < text.length; at++) if (text.charAt(at) !== mark) return false;
  return true;
}

/** Closes the fence that a text leaves open, so that nothing written after it becomes code. */
export function closeFence(markdown: string): string {
  let open: Fence | undefined;
  for (const line of markdown.split("\n")) open = fenceAfter(open, line);
  return open === undefined ? markdown : `${markdown.trimEnd()}\n${open.marks}`;
}

/** A text without its fenced code. */
export function withoutFenced(markdown: string): string {
  let open: Fence | undefined;
  return markdown
    .split("\n")
    .filter((line) => {
      const before = open;
      open = fenceAfter(open, line);
      return before === undefined && open === undefined;
    })
    .join("\n");
}

/** A fenced block with marks longer than any run of them in the text, which stays as it is. */
export function fenced(language: string, text: string): string {
  // Not spread into Math.max: a call takes only so many arguments.
  const longest = text.match(/`{3,}/g)?.reduce((most, run) => Math.max(most, run.length), 2) ?? 2;
  const marks = "`".repeat(longest + 1);
  return `${marks}${language}\n${text}\n${marks}`;
}
