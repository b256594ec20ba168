/**
 * Where the weights are: a table of hashed features, each with a short list of classes that it has met. Memory is
 * bounded: a feature keeps its strongest classes, and when the table is full, what has not been seen for long makes
 * room. All in typed arrays, so that a tenant's model is a few megabytes and not a few hundred.
 */

/** A feature that meets more classes than this tells little about any; its weakest gives way. */
const MOST_CLASSES = 32;
const MOST_FEATURES = 1 << 17;
const MOST_WEIGHTS = 1 << 19;
const SMALLEST = 1 << 12;
/** Fuller tables are slow to search. */
const FULLEST = 0.7;
/** A table that is full forgets what has not been met in this share of its life. */
const FORGOTTEN_SHARE = 0.5;
const EMPTY = -1;
/** 1, 2, 4, … 32 places. */
const BLOCK_SIZES = 6;
const MOST_SEEN = 65_535;

export class FeatureTable {
  // Open addressing with linear probing.
  #size = SMALLEST;
  #keys = new Int32Array(SMALLEST);
  #capacities = new Uint8Array(SMALLEST);
  #lastAt = new Uint32Array(SMALLEST);
  #used = 0;
  /** Per slot: where its weights begin, how many, and how often it was learnt. */
  blocks = new Int32Array(SMALLEST).fill(EMPTY);
  lengths = new Uint8Array(SMALLEST);
  seen = new Uint16Array(SMALLEST);
  focus = new Float32Array(SMALLEST);

  /** Per weight: the class it speaks for, and the sum of squared gradients (AdaGrad). */
  ofClass = new Uint16Array(SMALLEST);
  weights = new Float32Array(SMALLEST);
  squares = new Float32Array(SMALLEST);
  /** Mails of the class in which the feature stood. */
  hits = new Uint16Array(SMALLEST);
  #end = 0;
  readonly #free: number[][] = Array.from({ length: BLOCK_SIZES }, () => []);

  get size(): number {
    return this.#size;
  }

  get used(): number {
    return this.#used;
  }

  get bytes(): number {
    return this.#size * 20 + this.weights.length * 12;
  }

  /** @returns the slot, or -1 */
  find(key: number): number {
    const mask = this.#size - 1;
    for (let slot = spread(key) & mask; ; slot = (slot + 1) & mask) {
      if (this.blocks[slot] === EMPTY) return -1;
      if (this.#keys[slot] === key) return slot;
    }
  }

  findOrAdd(key: number): number {
    const mask = this.#size - 1;
    for (let slot = spread(key) & mask; ; slot = (slot + 1) & mask) {
      if (this.blocks[slot] === EMPTY) return this.#take(slot, key);
      if (this.#keys[slot] === key) return slot;
    }
  }

  #take(slot: number, key: number): number {
    this.#keys[slot] = key;
    this.blocks[slot] = 0;
    this.lengths[slot] = 0;
    this.#capacities[slot] = 0;
    this.seen[slot] = 0;
    this.#used += 1;
    return slot;
  }

  /** It stood in a mail of the class. */
  meet(slot: number, classIndex: number, now: number): void {
    const at = this.place(slot, classIndex);
    this.#lastAt[slot] = now;
    const seen = this.seen[slot] ?? 0;
    if (seen === MOST_SEEN) return;
    this.seen[slot] = seen + 1;
    this.hits[at] = (this.hits[at] ?? 0) + 1;
    this.focus[slot] = this.#focusOf(slot);
  }

  /** How much it keeps to few classes: 1 when it was met with one alone, 1/n when with n alike (Gini). */
  #focusOf(slot: number): number {
    const block = this.blocks[slot] ?? 0;
    const end = block + (this.lengths[slot] ?? 0);
    let sum = 0;
    for (let at = block; at < end; at += 1) sum += (this.hits[at] ?? 0) ** 2;
    return sum / (this.seen[slot] ?? 1) ** 2;
  }

  /** Where the weight of a class at a feature is; a new one is nothing. */
  place(slot: number, classIndex: number): number {
    const block = this.blocks[slot] ?? 0;
    const length = this.lengths[slot] ?? 0;
    for (let at = block; at < block + length; at += 1) if (this.ofClass[at] === classIndex) return at;
    if (length >= MOST_CLASSES) return this.#startAt(this.#weakest(block, length), classIndex);
    const start = length < (this.#capacities[slot] ?? 0) ? block : this.#growBlock(slot);
    this.lengths[slot] = length + 1;
    return this.#startAt(start + length, classIndex);
  }

  #startAt(at: number, classIndex: number): number {
    this.ofClass[at] = classIndex;
    this.weights[at] = 0;
    this.squares[at] = 0;
    this.hits[at] = 0;
    return at;
  }

  #weakest(block: number, length: number): number {
    let weakest = block;
    for (let at = block + 1; at < block + length; at += 1) {
      if (Math.abs(this.weights[at] ?? 0) < Math.abs(this.weights[weakest] ?? 0)) weakest = at;
    }
    return weakest;
  }

  #growBlock(slot: number): number {
    const former = this.blocks[slot] ?? 0;
    const capacity = this.#capacities[slot] ?? 0;
    const wanted = Math.max(1, capacity * 2);
    const block = this.#allocate(wanted);
    if (capacity > 0) {
      for (const array of [this.ofClass, this.weights, this.squares, this.hits])
        array.copyWithin(block, former, former + capacity);
      this.#free[Math.log2(capacity)]?.push(former);
    }
    this.blocks[slot] = block;
    this.#capacities[slot] = wanted;
    return block;
  }

  #allocate(size: number): number {
    const free = this.#free[Math.log2(size)]?.pop();
    if (free !== undefined) return free;
    while (this.#end + size > this.weights.length) {
      this.ofClass = grown(this.ofClass, new Uint16Array(this.ofClass.length * 2));
      this.weights = grown(this.weights, new Float32Array(this.weights.length * 2));
      this.squares = grown(this.squares, new Float32Array(this.squares.length * 2));
      this.hits = grown(this.hits, new Uint16Array(this.hits.length * 2));
    }
    this.#end += size;
    return this.#end - size;
  }

  /** Before a mail of so many features is learnt. Slots known before are void afterwards. */
  makeRoom(features: number, now: number): void {
    const isFull = this.#end > MOST_WEIGHTS;
    if (this.#used + features < this.#size * FULLEST && !isFull) return;
    if (this.#size < MOST_FEATURES && !isFull) this.#rebuild(this.#size * 2, 0);
    else this.#forget(features, now);
  }

  /** Once may not do: a flood of new features is all young. */
  #forget(features: number, now: number): void {
    for (let share = FORGOTTEN_SHARE; ; share /= 2) {
      this.#rebuild(this.#size, now - Math.floor(now * share));
      if (this.#used + features < this.#size * FULLEST && this.#end <= MOST_WEIGHTS) return;
    }
  }

  /** Takes over what was seen at `since` or later. */
  #rebuild(size: number, since: number): void {
    const former = [...this.entries()];
    this.#clear(size);
    for (const entry of former) if (entry.lastAt >= since) this.put(entry);
  }

  #clear(size: number): void {
    this.#size = size;
    this.#keys = new Int32Array(size);
    this.#capacities = new Uint8Array(size);
    this.#lastAt = new Uint32Array(size);
    this.blocks = new Int32Array(size).fill(EMPTY);
    this.lengths = new Uint8Array(size);
    this.seen = new Uint16Array(size);
    this.focus = new Float32Array(size);
    this.#used = 0;
    this.#end = 0;
    for (const list of this.#free) list.length = 0;
    this.ofClass = new Uint16Array(this.ofClass.length);
    this.weights = new Float32Array(this.weights.length);
    this.squares = new Float32Array(this.squares.length);
    this.hits = new Uint16Array(this.hits.length);
  }

  /** All features with their weights, for taking them elsewhere. */
  *entries(): Generator<FeatureEntry> {
    const { blocks, lengths, seen, ofClass, weights, squares, hits } = this;
    const keys = this.#keys;
    const lastAt = this.#lastAt;
    for (let slot = 0; slot < blocks.length; slot += 1) {
      const block = blocks[slot] ?? EMPTY;
      if (block === EMPTY) continue;
      const end = block + (lengths[slot] ?? 0);
      yield {
        key: keys[slot] ?? 0,
        seen: seen[slot] ?? 0,
        lastAt: lastAt[slot] ?? 0,
        ofClass: ofClass.subarray(block, end),
        weights: weights.subarray(block, end),
        squares: squares.subarray(block, end),
        hits: hits.subarray(block, end),
      };
    }
  }

  put({ key, seen, lastAt, ofClass, weights, squares, hits }: FeatureEntry): void {
    if (this.#used >= this.#size * FULLEST) this.#rebuild(this.#size * 2, 0);
    const slot = this.findOrAdd(key);
    this.seen[slot] = seen;
    this.#lastAt[slot] = lastAt;
    for (let index = 0; index < ofClass.length; index += 1) {
      const at = this.place(slot, ofClass[index] ?? 0);
      this.weights[at] = weights[index] ?? 0;
      this.squares[at] = squares[index] ?? 0;
      this.hits[at] = hits[index] ?? 0;
    }
    this.focus[slot] = this.#focusOf(slot);
  }
}

export interface FeatureEntry {
  key: number;
  seen: number;
  lastAt: number;
  ofClass: Uint16Array;
  weights: Float32Array;
  squares: Float32Array;
  hits: Uint16Array;
}

function spread(key: number): number {
  const mixed = Math.imul(key ^ (key >>> 15), 0x2c1b3c6d);
  return (mixed ^ (mixed >>> 12)) >>> 0;
}

function grown<T extends Float32Array | Uint16Array>(former: T, larger: T): T {
  larger.set(former);
  return larger;
}
