const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" });

/** What a reader sees as characters: an emoji of several code points, or a letter with its accent, is one. */
export const graphemes = (text: string): readonly string[] =>
  Array.from(segmenter.segment(text), ({ segment }) => segment);
