/**
 * How rare a word is in this tenant's signals. Two signals that share a word which nobody else uses have something
 * to do with each other; two that share "server" have not.
 */
import { between, HOUR } from '../../kernel/clock.ts';

/** More distinct words than this and those seen once are forgotten: random words in mails cannot fill the memory. */
const MOST_WORDS = 200_000;
/** Before a tenant has many signals, every word is rare: as if so many had been seen already. */
const ASSUMED_SIGNALS = 100;
/** After so many signals a word that was not among them is half as telling as it can be. */
const FEW_SIGNALS = 20;
/** Words count after an hour: an incident's own mails must not make its words common while it lasts. */
const DELAY = HOUR;

export class Rarity {
  #signals = 0;
  readonly #counts = new Map<string, number>();
  #waiting: { at: Date; words: readonly string[] }[] = [];

  /** Too little was seen to call a word common. */
  get isYoung(): boolean {
    return this.#signals < FEW_SIGNALS;
  }

  /** @param at when the signal was first seen */
  add(words: readonly string[], at: Date): void {
    this.#waiting.push({ at, words });
  }

  /** Counts what has waited long enough. */
  advance(now: Date): void {
    let ready = 0;
    for (const { at, words } of this.#waiting) {
      if (between(at, now) < DELAY) break;
      ready += 1;
      this.#signals += 1;
      for (const word of words) this.#counts.set(word, (this.#counts.get(word) ?? 0) + 1);
    }
    if (ready > 0) this.#waiting = this.#waiting.slice(ready);
    if (this.#counts.size > MOST_WORDS) this.#forgetSingles();
  }

  /**
   * @returns 1 for a word never seen, towards 0 for one in every signal (inverse document frequency); all words are less
   * telling as long as little was seen
   */
  of(word: string): number {
    const all = this.#signals + ASSUMED_SIGNALS;
    const seen = this.#counts.get(word) ?? 0;
    const rarity = Math.max(0, Math.log(all / (3 * seen + 1)) / Math.log(all));
    return rarity * (this.#signals / (this.#signals + FEW_SIGNALS));
  }

  #forgetSingles(): void {
    for (const [word, count] of this.#counts) if (count === 1) this.#counts.delete(word);
  }
}
