/** The thresholds for sending a note to review. Each gate can be switched off. */
export type QualityThresholds = {
  /**
   * The least length of the content as a share of the conversation's, by the length of the conversation in characters;
   * code, tables and documents count on neither side. `false` lets any length pass.
   * @default [{ from: 2000, share: 0.03 }, { from: 20000, share: 0.015 }, { from: 100000, share: 0.005 }]
   */
  readonly compression?: readonly CompressionRule[] | false | undefined;
  /** Whether a title that says nothing, such as "Untitled", is let pass. @default false */
  readonly allowPlaceholderTitle?: boolean | undefined;
  /** Whether a note in another language than the one asked for, else than the conversation's, is let pass. @default false */
  readonly allowOtherLanguage?: boolean | undefined;
  /** Whether `...` or "rest of the code" in place of something is let pass. @default false */
  readonly allowOmissions?: boolean | undefined;
  /**
   * The largest share of the conversation's code and tables that the model may leave out; they are at the end of the note
   * then. Looked at from four blocks on; 1 lets all pass. @default 0.8
   */
  readonly droppedCode?: number | undefined;
};

/** All thresholds, each with its value. */
export type Quality = { readonly [K in keyof QualityThresholds]-?: Exclude<QualityThresholds[K], undefined> };

/** A conversation of `from` characters or more is to have at least `share` of its length as content. */
export type CompressionRule = {
  readonly from: number;
  /** From 0 to 1. */
  readonly share: number;
};

export const DEFAULT_QUALITY: Quality = {
  compression: [
    { from: 2_000, share: 0.03 },
    { from: 20_000, share: 0.015 },
    { from: 100_000, share: 0.005 },
  ],
  allowPlaceholderTitle: false,
  allowOtherLanguage: false,
  allowOmissions: false,
  droppedCode: 0.8,
};

/** The thresholds with their defaults. Throws a `RangeError` for a share that is none. */
export function resolveQuality(given: QualityThresholds = {}): Quality {
  const said = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const quality: Quality = { ...DEFAULT_QUALITY, ...said };
  const rules = quality.compression === false ? [] : quality.compression;
  for (const { from, share } of rules) {
    assertShare("compression.share", share);
    if (!(from >= 0)) throw new RangeError(`Expected \`compression.from\` to be 0 or more, got ${from}`);
  }
  assertShare("droppedCode", quality.droppedCode);
  return quality;
}

function assertShare(name: string, share: number): void {
  if (!(share >= 0 && share <= 1)) throw new RangeError(`Expected \`${name}\` to be from 0 to 1, got ${share}`);
}
