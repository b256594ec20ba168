/**
 * What has happened together before: pairs of (who, what trouble) that were in one event. When the name server failed
 * last week the shop's logins failed with it; today the two are joined although nothing in the mails says so.
 */
import type { Portrait } from './portrait.ts';

/** Pairs grow with the square: an event of a storm teaches by its first ones. */
const MOST_PER_EVENT = 60;
/** More pairs than this and those seen once are forgotten. */
const MOST_PAIRS = 200_000;
/** So often seen together is certain enough. */
const CERTAIN = 2;

export class CoOccurrence {
  readonly #counts = new Map<string, number>();

  /** @param portraits of the signals of an event that is over, the first first */
  learn(portraits: readonly Portrait[]): void {
    const names = [...new Set(portraits.map(nameOf))].slice(0, MOST_PER_EVENT).sort();
    names.forEach((one, index) => {
      for (const other of names.slice(index + 1)) this.#count(`${one}\n${other}`);
    });
    if (this.#counts.size > MOST_PAIRS) this.#forgetSingles();
  }

  /** @returns 0 never seen together, 1 often */
  of(one: Portrait, other: Portrait): number {
    const [first = '', second = ''] = [nameOf(one), nameOf(other)].sort();
    if (first === second) return 0;
    return Math.min(1, (this.#counts.get(`${first}\n${second}`) ?? 0) / CERTAIN);
  }

  #count(pair: string): void {
    this.#counts.set(pair, (this.#counts.get(pair) ?? 0) + 1);
  }

  #forgetSingles(): void {
    for (const [pair, count] of this.#counts) if (count === 1) this.#counts.delete(pair);
  }
}

function nameOf({ org, servers, symptoms }: Portrait): string {
  return `${org ?? servers[0] ?? '?'} ${symptoms[0] ?? ''}`;
}
