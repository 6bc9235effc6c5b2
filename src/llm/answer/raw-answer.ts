/** The first so many UTF-16 units of what came are kept as evidence, and so many of its end. */
const KEPT_AT_THE_BEGINNING = 256 * 1024;
const KEPT_AT_THE_END = 64 * 1024;

/** What came back, as it was received, for a failure's evidence. The middle of what is very long is left out, and said so. */
export class RawAnswer {
  #beginning = "";
  #end = "";
  #leftOut = 0;

  add(text: string): void {
    const room = KEPT_AT_THE_BEGINNING - this.#beginning.length;
    this.#beginning += text.slice(0, Math.max(0, room));
    if (text.length <= room) return;
    this.#end += text.slice(Math.max(0, room));
    // Cut seldom: each cut copies what is kept.
    if (this.#end.length > 2 * KEPT_AT_THE_END) this.#shorten();
  }

  get text(): string {
    if (this.#end.length > KEPT_AT_THE_END) this.#shorten();
    if (this.#leftOut === 0) return this.#beginning + this.#end;
    return `${this.#beginning}\n[${this.#leftOut} characters are left out here]\n${this.#end}`;
  }

  #shorten(): void {
    const cut = this.#end.length - KEPT_AT_THE_END;
    this.#leftOut += cut;
    this.#end = this.#end.slice(cut);
  }
}
