/** The tokens of a tiny model, in the manner of SentencePiece. Ids are places in the lists. */
export interface Vocabulary {
  readonly tokens: readonly string[];
  /** Pieces with higher scores are joined first. */
  readonly scores: readonly number[];
  readonly kinds: readonly number[];
  readonly unknownId: number;
  readonly beginId: number;
  readonly endId: number;
  /** Ids of the pieces that the model says, in order. */
  readonly saidIds: readonly number[];
}

/** The kinds of tokens as GGUF files number them. */
const KINDS = { normal: 1, unknown: 2, control: 3, byte: 6 } as const;

/** Words whose letters the tokenizer joins, so that a text has fewer tokens than letters. */
const WORDS = ["the", "and", "is", "of", "to", "in", "kelp", "rock", "note", "that", "what", "about"];

/** SentencePiece writes a space as this. */
const SPACE = "\u2581";

/** A vocabulary in which every text has tokens, if only one for each byte, and one token for each piece of `says`. */
export function vocabularyFor(says: string): Vocabulary {
  const entries: { readonly token: string; readonly kind: number; readonly score: number }[] = [];
  const known = new Map<string, number>();
  const add = (token: string, kind: number, score: number): number => {
    const found = known.get(token);
    if (found !== undefined) return found;
    known.set(token, entries.length);
    entries.push({ token, kind, score });
    return entries.length - 1;
  };

  const unknownId = add("<unk>", KINDS.unknown, 0);
  const beginId = add("<s>", KINDS.control, 0);
  const endId = add("</s>", KINDS.control, 0);
  for (let byte = 0; byte < 256; byte += 1) {
    add(`<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`, KINDS.byte, 0);
  }
  for (const letter of `${SPACE}etaoinshrdlcumwfgypbvkjxqz.,`) add(letter, KINDS.normal, -100 - entries.length);
  // Each word can be put together from the left, letter by letter.
  for (const word of WORDS.map((word) => SPACE + word)) {
    for (let end = 2; end <= word.length; end += 1) add(word.slice(0, end), KINDS.normal, -entries.length);
  }
  const saidIds = uniquePieces(says, known).map((piece) => add(piece, KINDS.normal, -10_000 - entries.length));
  return {
    tokens: entries.map(({ token }) => token),
    scores: entries.map(({ score }) => score),
    kinds: entries.map(({ kind }) => kind),
    unknownId,
    beginId,
    endId,
    saidIds,
  };
}

/** Cuts a text at its words into pieces of which no two are the same, and none is known already. */
function uniquePieces(text: string, known: ReadonlyMap<string, number>): readonly string[] {
  const pieces: string[] = [];
  const used = new Set(known.keys());
  let piece = "";
  for (const word of text.match(/\s*\S+\s*?(?=\s|$)|\s+$/g) ?? []) {
    piece += word.replaceAll(" ", SPACE);
    if (used.has(piece)) continue;
    used.add(piece);
    pieces.push(piece);
    piece = "";
  }
  return piece === "" ? pieces : [...pieces.slice(0, -1), `${pieces.at(-1) ?? ""}${piece}`];
}
