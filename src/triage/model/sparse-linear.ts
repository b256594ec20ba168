/**
 * An online linear model over hashed features: softmax over the classes, AdaGrad, a few steps a mail. Weights exist
 * only where a feature has met a class, so that a thousand orgs fit where a dense table would take a gigabyte.
 */
import { IDENTIFYING } from './feature-kinds.ts';
import { MOST_FEATURES_OF_A_MAIL, type FeatureBag } from './features.ts';
import { FeatureTable } from './feature-table.ts';

/** A class that is as unlikely as this for a mail learns nothing from it, and gets no weights there. */
const SMALLEST_GRADIENT = 0.02;
/** A mail that is read this surely teaches nothing new; repeated ones must not make the model overconfident. */
const SURE = 0.995;
/** Keeps the first steps of a new weight small. */
const SMOOTHING = 1;
/** Of a feature that stands in the mails of all classes alike. */
const LEAST_VALUE = 0.01;
/** Where nearly all mails are of one class, no feature is above what is usual. */
const MOST_BASE = 0.9;
const BIAS_RATE = 0.05;
const FEWEST_CLASSES = 8;
/** Of a Uint16; whoever has more orgs than this has tags that are no orgs. */
export const MOST_CLASSES = 5000;

export interface Guess {
  /** Index of the class, or -1 when nothing was ever learnt. */
  best: number;
  second: number;
  /** By how much the best leads. */
  margin: number;
  /** Of the best, by softmax: not calibrated. */
  probability: number;
  /** Names, addresses and senders of the mail that were met before, and those never met. */
  knownNames: number;
  unknownNames: number;
  /** By how much the known ones speak for the best rather than for the second. */
  nameSupport: number;
  /** Of the features that the model looks at, the share never met. */
  novelty: number;
}

/** A feature of a mail, by its index in the bag, and by how much it spoke for a class; below 0 against it. */
export interface Spoken {
  index: number;
  weight: number;
}

export interface LinearOptions {
  rate: number;
  /** Features count by how much they keep to few classes: right for many classes that names tell apart. */
  onlyFocused: boolean;
  /** How fast features of each kind learn (by the index in KINDS); 0 leaves the kind out. */
  kindRates: readonly number[];
}

/** A mail is gone over until it is read as taught, or so often. */
const MOST_STEPS = 4;
const UNTIL = 0.8;

export class SparseLinear {
  readonly classes: string[] = [];
  /** Mails learnt per class. */
  readonly counts: number[] = [];
  readonly table = new FeatureTable();
  learnt = 0;
  base = 0;
  #sumSquares = 0;
  bias = new Float32Array(FEWEST_CLASSES);
  biasSquares = new Float32Array(FEWEST_CLASSES);
  readonly #classIndex = new Map<string, number>();
  readonly #options: LinearOptions;

  // Of the mail looked at last.
  #scores = new Float64Array(FEWEST_CLASSES);
  readonly #slots = new Int32Array(MOST_FEATURES_OF_A_MAIL);
  readonly #values = new Float32Array(MOST_FEATURES_OF_A_MAIL);
  readonly #kinds = new Uint8Array(MOST_FEATURES_OF_A_MAIL);
  #slotCount = 0;
  #unknown = 0;
  #unknownNames = 0;
  #stamps = new Uint32Array(0);
  #stamp = 0;

  constructor(options: LinearOptions) {
    this.#options = options;
  }

  get bytes(): number {
    return this.table.bytes + this.#stamps.length * 4 + this.bias.length * 16;
  }

  guess(bag: FeatureBag): Guess {
    this.#look(bag, false);
    const { best, second, margin, probability } = this.#lead();
    const names = this.#askNames(best, second);
    return {
      best,
      second,
      margin,
      probability,
      knownNames: names.known,
      unknownNames: this.#unknownNames,
      nameSupport: names.support,
      novelty: this.#unknown / Math.max(1, this.#unknown + this.#slotCount),
    };
  }

  /** Takes the mail as an example of the class. @returns how probable it thought that before; null: too many classes */
  learn(bag: FeatureBag, name: string, weight = 1): number | null {
    const target = this.#classIndex.get(name) ?? this.addClass(name);
    if (target === null) return null;
    this.table.makeRoom(bag.count, this.learnt);
    this.learnt += 1;
    this.#sumSquares += 2 * (this.counts[target] ?? 0) + 1;
    this.counts[target] = (this.counts[target] ?? 0) + 1;
    this.base = Math.min(MOST_BASE, this.#sumSquares / this.learnt ** 2);
    this.#look(bag, true);
    for (let position = 0; position < this.#slotCount; position += 1)
      this.table.meet(this.#slots[position] ?? 0, target, this.learnt);
    this.#weigh();
    this.#addUp();
    const before = this.#stepTowards(target, weight);
    for (let step = 1, now = before; step < MOST_STEPS && now < UNTIL; step += 1) {
      this.#addUp();
      now = this.#stepTowards(target, weight);
    }
    return before;
  }

  /** One step away from a class: it becomes less likely, the others as much more as they were likely before. */
  unlearn(bag: FeatureBag, name: string): void {
    const target = this.#classIndex.get(name);
    if (target === undefined) return;
    this.#look(bag, false);
    const { bestScore, probability } = this.#lead();
    const likelihoods = Array.from(
      this.classes,
      (_, index) => Math.exp((this.#scores[index] ?? 0) - bestScore) * probability,
    );
    const likely = likelihoods[target] ?? 0;
    const rest = Math.max(SMALLEST_GRADIENT, 1 - likely);
    for (const [index, own] of likelihoods.entries()) {
      const gradient = index === target ? likely : (-likely * own) / rest;
      if (Math.abs(gradient) >= SMALLEST_GRADIENT) this.#descend(index, gradient);
    }
  }

  /** The features that spoke for one class rather than another, and those against it, the strongest first. */
  spoke(bag: FeatureBag, best: number, second: number, limit: number): Spoken[] {
    const found: Spoken[] = [];
    const met = new Set<number>();
    for (let index = 0; index < bag.count; index += 1) {
      if (!this.#isUsed(bag.kinds[index] ?? 0)) continue;
      const slot = this.table.find(bag.hashes[index] ?? 0);
      if (slot < 0 || met.has(slot)) continue;
      met.add(slot);
      const lead = this.#weightAt(slot, best) - (second < 0 ? 0 : this.#weightAt(slot, second));
      if (lead !== 0) found.push({ index, weight: lead * this.#valueOf(slot) });
    }
    return found.sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight)).slice(0, limit);
  }

  #isUsed(kind: number): boolean {
    return (this.#options.kindRates[kind] ?? 0) > 0;
  }

  /** Finds the mail's features, each once, and adds up the scores. */
  #look(bag: FeatureBag, isLearning: boolean): void {
    const { table } = this;
    const { kindRates } = this.#options;
    if (this.#stamps.length !== table.size) this.#stamps = new Uint32Array(table.size);
    this.#stamp += 1;
    this.#slotCount = 0;
    this.#unknown = 0;
    this.#unknownNames = 0;
    for (let index = 0; index < bag.count; index += 1) {
      const kind = bag.kinds[index] ?? 0;
      if (!((kindRates[kind] ?? 0) > 0)) continue;
      const hash = bag.hashes[index] ?? 0;
      const slot = isLearning ? table.findOrAdd(hash) : table.find(hash);
      if (slot < 0) {
        this.#unknown += 1;
        if (IDENTIFYING.has(kind)) this.#unknownNames += 1;
        continue;
      }
      if (this.#stamps[slot] === this.#stamp) continue;
      this.#stamps[slot] = this.#stamp;
      this.#slots[this.#slotCount] = slot;
      this.#kinds[this.#slotCount] = kind;
      this.#slotCount += 1;
    }
    this.#weigh();
    this.#addUp();
  }

  #weigh(): void {
    for (let position = 0; position < this.#slotCount; position += 1)
      this.#values[position] = this.#valueOf(this.#slots[position] ?? 0);
  }

  /** What stands in the mails of every class says little, whatever its weights are by chance. */
  #valueOf(slot: number): number {
    if (!this.#options.onlyFocused) return 1;
    const above = Math.max(0, ((this.table.focus[slot] ?? 0) - this.base) / (1 - this.base));
    return Math.max(LEAST_VALUE, above * above * above);
  }

  #addUp(): void {
    const scores = this.#scores;
    const { blocks, lengths, ofClass, weights } = this.table;
    for (let index = 0; index < this.classes.length; index += 1) scores[index] = this.bias[index] ?? 0;
    for (let position = 0; position < this.#slotCount; position += 1) {
      const slot = this.#slots[position] ?? 0;
      const value = this.#values[position] ?? 0;
      const block = blocks[slot] ?? 0;
      const end = block + (lengths[slot] ?? 0);
      for (let at = block; at < end; at += 1) {
        const classIndex = ofClass[at] ?? 0;
        scores[classIndex] = (scores[classIndex] ?? 0) + (weights[at] ?? 0) * value;
      }
    }
  }

  #lead(): { best: number; second: number; bestScore: number; margin: number; probability: number } {
    const scores = this.#scores;
    let best = -1;
    let second = -1;
    let bestScore = -Infinity;
    let secondScore = -Infinity;
    for (let index = 0; index < this.classes.length; index += 1) {
      const score = scores[index] ?? 0;
      if (score > bestScore) {
        second = best;
        secondScore = bestScore;
        best = index;
        bestScore = score;
      } else if (score > secondScore) {
        second = index;
        secondScore = score;
      }
    }
    let sum = 0;
    for (let index = 0; index < this.classes.length; index += 1)
      sum += Math.exp((scores[index] ?? 0) - bestScore);
    const margin = second < 0 ? 0 : bestScore - secondScore;
    return { best, second, bestScore, margin, probability: best < 0 ? 0 : 1 / sum };
  }

  #askNames(best: number, second: number): { known: number; support: number } {
    let known = 0;
    let support = 0;
    for (let position = 0; position < this.#slotCount; position += 1) {
      if (!IDENTIFYING.has(this.#kinds[position] ?? 0)) continue;
      known += 1;
      const slot = this.#slots[position] ?? 0;
      support += (this.#values[position] ?? 0) * (this.#weightAt(slot, best) - this.#weightAt(slot, second));
    }
    return { known, support };
  }

  #weightAt(slot: number, classIndex: number): number {
    const { blocks, lengths, ofClass, weights } = this.table;
    const block = blocks[slot] ?? 0;
    const end = block + (lengths[slot] ?? 0);
    for (let at = block; at < end; at += 1) if (ofClass[at] === classIndex) return weights[at] ?? 0;
    return 0;
  }

  /** @returns how probable the class was before */
  #stepTowards(target: number, weight: number): number {
    const { bestScore, probability } = this.#lead();
    const scores = this.#scores;
    const before = Math.exp((scores[target] ?? 0) - bestScore) * probability;
    if (before > SURE) return before;
    for (let index = 0; index < this.classes.length; index += 1) {
      const likely = Math.exp((scores[index] ?? 0) - bestScore) * probability;
      const gradient = (index === target ? likely - 1 : likely) * weight;
      if (Math.abs(gradient) >= SMALLEST_GRADIENT) this.#descend(index, gradient);
    }
    return before;
  }

  #descend(classIndex: number, gradient: number): void {
    const { table } = this;
    const { rate, kindRates } = this.#options;
    const square = gradient * gradient;
    // Long mails have more features; each of them may then explain less.
    const share = rate / Math.sqrt(Math.max(1, this.#slotCount));
    this.biasSquares[classIndex] = (this.biasSquares[classIndex] ?? 0) + square;
    this.bias[classIndex] =
      (this.bias[classIndex] ?? 0) -
      (BIAS_RATE * gradient) / Math.sqrt(SMOOTHING + (this.biasSquares[classIndex] ?? 0));
    for (let position = 0; position < this.#slotCount; position += 1) {
      const at = table.place(this.#slots[position] ?? 0, classIndex);
      const value = this.#values[position] ?? 0;
      const squares = (table.squares[at] ?? 0) + square * value * value;
      const step =
        (share * (kindRates[this.#kinds[position] ?? 0] ?? 0) * gradient * value) /
        Math.sqrt(SMOOTHING + squares);
      table.squares[at] = squares;
      table.weights[at] = (table.weights[at] ?? 0) - step;
    }
  }

  /** After classes and features were put back from elsewhere. */
  resume(learnt: number): void {
    this.learnt = learnt;
    this.#sumSquares = this.counts.reduce((sum, count) => sum + count * count, 0);
    this.base = learnt === 0 ? 0 : Math.min(MOST_BASE, this.#sumSquares / learnt ** 2);
  }

  /** @returns its index, or null when there are too many */
  addClass(name: string): number | null {
    const index = this.classes.length;
    if (index >= MOST_CLASSES) return null;
    this.classes.push(name);
    this.counts.push(0);
    this.#classIndex.set(name, index);
    if (index >= this.bias.length) {
      this.bias = longer(this.bias);
      this.biasSquares = longer(this.biasSquares);
      this.#scores = new Float64Array(this.bias.length);
    }
    return index;
  }

  classOf(name: string): number {
    return this.#classIndex.get(name) ?? -1;
  }
}

function longer(former: Float32Array): Float32Array<ArrayBuffer> {
  const larger = new Float32Array(former.length * 2);
  larger.set(former);
  return larger;
}
