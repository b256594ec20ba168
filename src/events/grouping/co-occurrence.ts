/**
 * What has happened together before: pairs of (who, what trouble), and of templates, that were in one event. When the
 * name server failed last week the shop's logins failed with it; today the two are joined although nothing in the mails
 * says so.
 */
import type { Portrait } from './portrait.ts';

/** Pairs grow with the square: an event of a storm teaches by its first ones. */
const MOST_PER_EVENT = 60;
/** More pairs than this and those seen once are forgotten. */
const MOST_PAIRS = 200_000;
/** So often seen together is certain enough. */
const CERTAIN = 2;

export class CoOccurrence {
  /** By the lesser name of a pair, then the greater. */
  readonly #counts = new Map<string, Map<string, number>>();
  #pairs = 0;

  /** @param portraits of the signals of an event that is over, the first first */
  learn(portraits: readonly Portrait[]): void {
    this.#learnPairs(portraits.map(nameOf));
    this.#learnPairs(portraits.flatMap(({ templateId }) => templateId ?? []));
    if (this.#pairs > MOST_PAIRS) this.#forgetSingles();
  }

  /** @returns 0 never seen together, 1 often */
  of(one: Portrait, other: Portrait): number {
    const byName = this.#share(nameOf(one), nameOf(other));
    if (!one.templateId || !other.templateId) return byName;
    return Math.max(byName, this.#share(one.templateId, other.templateId));
  }

  #learnPairs(names: readonly string[]): void {
    const learnt = [...new Set(names)].slice(0, MOST_PER_EVENT).sort();
    learnt.forEach((one, index) => {
      for (const other of learnt.slice(index + 1)) this.#count(one, other);
    });
  }

  #share(name: string, otherName: string): number {
    if (name === otherName) return 0;
    const count = name < otherName ? this.#get(name, otherName) : this.#get(otherName, name);
    return Math.min(1, count / CERTAIN);
  }

  #get(lesser: string, greater: string): number {
    return this.#counts.get(lesser)?.get(greater) ?? 0;
  }

  #count(lesser: string, greater: string): void {
    const counts = this.#counts.get(lesser) ?? new Map<string, number>();
    const count = counts.get(greater) ?? 0;
    if (count === 0) this.#pairs += 1;
    counts.set(greater, count + 1);
    this.#counts.set(lesser, counts);
  }

  #forgetSingles(): void {
    for (const counts of this.#counts.values()) {
      for (const [greater, count] of counts) {
        if (count > 1) continue;
        counts.delete(greater);
        this.#pairs -= 1;
      }
    }
  }
}

/** Compared with hundreds of others; made once. */
const names = new WeakMap<Portrait, string>();

function nameOf(portrait: Portrait): string {
  const known = names.get(portrait);
  if (known !== undefined) return known;
  const { org, servers, symptoms } = portrait;
  const name = `${org ?? servers[0] ?? '?'} ${symptoms[0] ?? ''}`;
  names.set(portrait, name);
  return name;
}
