/** What judging a schedule says, in milliseconds since the epoch. */

export type BreachKind = 'MISSING' | 'EXTRA';

export interface Breach {
  kind: BreachKind;
  since: number;
  /** True when its grace has run out and an event stands for it. */
  isOpened: boolean;
}

export interface Judgement {
  judgedUntil: number;
  breach: Breach | null;
}

export interface Verdict {
  type: 'opened' | 'closed';
  kind: BreachKind;
  at: number;
  since: number;
  /** Of arrivals in the window. */
  count: number;
}

/** Time that does not count towards a grace: [from, to) while mail could not come in. */
export type Excuse = readonly [from: number, to: number];

/** The instant at which `grace` has passed since `since`, not counting excused time. */
export function afterGrace(since: number, grace: number, excuses: readonly Excuse[]): number {
  let end = since + grace;
  for (const [from, to] of [...excuses].sort((a, b) => a[0] - b[0])) {
    const overlap = to - Math.max(from, since);
    if (from <= end && overlap > 0) end += overlap;
  }
  return end;
}

/** The index of the first value of an ascending list from which on `isPast` holds. */
export function firstIndex(sorted: readonly number[], isPast: (value: number) => boolean): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isPast(sorted[middle] ?? 0)) high = middle;
    else low = middle + 1;
  }
  return low;
}
