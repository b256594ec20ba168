/**
 * What comes again and again among any number of things, in bounded memory (Misra and Gries 1982): a thing that makes
 * up more than one in `MOST_ITEMS` of all is never lost; its count is at most too low.
 */
const MOST_ITEMS = 32;

export class FrequentItems<Item> {
  readonly #counts = new Map<Item, number>();

  add(item: Item, count = 1): void {
    const former = this.#counts.get(item);
    if (former !== undefined || this.#counts.size < MOST_ITEMS) {
      this.#counts.set(item, (former ?? 0) + count);
      return;
    }
    this.#takeFromAll(count);
  }

  entries(): IterableIterator<[Item, number]> {
    return this.#counts.entries();
  }

  /** The newcomer takes as many of everybody's as it has itself. */
  #takeFromAll(count: number): void {
    for (const [item, former] of this.#counts) {
      if (former > count) this.#counts.set(item, former - count);
      else this.#counts.delete(item);
    }
  }
}
