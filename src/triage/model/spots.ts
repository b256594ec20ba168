/** A few hashes of a mail and where they stand, filled again for each mail: nothing is allocated for any. */
export class Spots {
  count = 0;
  readonly #hashes: Int32Array;
  readonly #sources: Int32Array;
  readonly #starts: Int32Array;
  readonly #ends: Int32Array;

  /** @param most further ones are passed over */
  constructor(most: number) {
    this.#hashes = new Int32Array(most);
    this.#sources = new Int32Array(most);
    this.#starts = new Int32Array(most);
    this.#ends = new Int32Array(most);
  }

  clear(): void {
    this.count = 0;
  }

  has(hash: number): boolean {
    for (let index = 0; index < this.count; index += 1) if (this.#hashes[index] === hash) return true;
    return false;
  }

  /** @param source which of the mail's texts it stands in */
  add(hash: number, source: number, start: number, end: number): void {
    const at = this.count;
    if (at >= this.#hashes.length) return;
    this.#hashes[at] = hash;
    this.#sources[at] = source;
    this.#starts[at] = start;
    this.#ends[at] = end;
    this.count = at + 1;
  }

  hashOf(index: number): number {
    return this.#hashes[index] ?? 0;
  }

  /** As it is written, in lower case. */
  textOf(index: number, texts: readonly string[]): string {
    const text = texts[this.#sources[index] ?? 0] ?? '';
    return text.slice(this.#starts[index], this.#ends[index]).toLowerCase();
  }
}
