/** What flows through the steps: about 100 bytes of JSON. */
export interface Doc {
  readonly id: string;
  readonly text: string;
  readonly visits: number;
}

/** Items in flight at once, for every contender. */
export const IN_FLIGHT = 100;

/** The item at a place in the input. */
export const docAt = (index: number): Doc => ({
  id: `doc-${index}`,
  text: "a line of text as long as what a small record holds",
  visits: 0,
});

/** A step that costs next to nothing, so that what is measured is what surrounds it. */
export const visit = (doc: Doc): Doc => ({ ...doc, visits: doc.visits + 1 });
