/**
 * How often new troubles usually begin in a tenant, and when so many begin within a minute that chance does not explain
 * it: a storm.
 */
import { between, DAY, MINUTE } from '../../kernel/clock.ts';

/** A day of memory: what was usual last week says little of today's machines. */
const MEMORY_MINUTES = DAY / MINUTE;
/** A quiet tenant, or one that is new, has this many a minute: ten at once are the fewest that are a storm. */
const FEWEST_A_MINUTE = 1;
/** One false alarm in two years of minutes. */
const BY_CHANCE = 1e-6;

export class Arrivals {
  #level = 0;
  #at: Date | null = null;

  /** A signal began. */
  add(at: Date): void {
    this.#level = this.#levelAt(at) + 1 / MEMORY_MINUTES;
    if (!this.#at || at > this.#at) this.#at = at;
  }

  /** True when so many signals within a minute are far above what is usual here. */
  isStorm(count: number, now: Date): boolean {
    const usual = Math.max(FEWEST_A_MINUTE, this.#levelAt(now));
    return count > usual && poissonTail(count, usual) < BY_CHANCE;
  }

  /** Signals a minute. */
  #levelAt(now: Date): number {
    if (!this.#at) return 0;
    const minutes = Math.max(0, between(this.#at, now)) / MINUTE;
    return this.#level * Math.exp(-minutes / MEMORY_MINUTES);
  }
}

/** @returns the chance of at least `count` (more than `mean`) where `mean` are usual */
export function poissonTail(count: number, mean: number): number {
  let logarithm = count * Math.log(mean) - mean;
  for (let factor = 2; factor <= count; factor += 1) logarithm -= Math.log(factor);
  let term = Math.exp(logarithm);
  let tail = 0;
  // Each further term is smaller by a factor that only falls.
  for (let next = count + 1; term > tail * 1e-9 && term > 0; next += 1) {
    tail += term;
    term *= mean / next;
  }
  return tail;
}
