/**
 * The verdict on a count schedule (semantics §6). At every instant t the number of arrivals in (t − period, t] must
 * lie in [N − V, N + V]; being outside for longer than the grace opens MISSING or EXTRA at the instant the grace
 * runs out, and being inside again closes it.
 *
 * The count changes only when a mail arrives and when it leaves the window one period later, so judging walks over
 * those instants; between them nothing can happen except that a grace runs out. The walk goes on beyond `until` to
 * find the next instant at which there would be a verdict if nothing more arrived: that is when to look again.
 *
 * Pure, in milliseconds since the epoch. test/watchdog/judge.test.ts compares it with a brute-force scan.
 */
import { periodMs } from '../kernel/calendar.ts';
import { graceMs, type Expectation } from './expectation.ts';

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

export type Verdict =
  | { type: 'opened'; kind: BreachKind; at: number; since: number; count: number }
  | { type: 'closed'; kind: BreachKind; at: number; since: number; count: number };

export interface JudgedStream extends Judgement {
  verdicts: Verdict[];
  /** The next instant at which a verdict can fall without another arrival; null when none ever would. */
  dueAt: number | null;
}

/** Time that does not count towards a grace: [from, to) while mail could not come in. */
export type Excuse = readonly [from: number, to: number];

/**
 * @param arrivals in ascending order; must hold all after `state.judgedUntil − period`
 * @param until judge up to and including this instant; the caller vouches that every arrival before it is known
 */
export function judge(
  expectation: Expectation,
  arrivals: readonly number[],
  state: Judgement,
  until: number,
  excuses: readonly Excuse[] = [],
): JudgedStream {
  if (until <= state.judgedUntil) {
    const next = walk(expectation, arrivals, state, excuses).next();
    return { ...state, verdicts: [], dueAt: next.done ? null : next.value.verdict.at };
  }
  const verdicts: Verdict[] = [];
  let breach = state.breach;
  const steps = walk(expectation, arrivals, state, excuses, (at, changed) => {
    if (at <= until) breach = changed;
  });
  for (const { verdict } of steps) {
    if (verdict.at > until) return { judgedUntil: until, breach, verdicts, dueAt: verdict.at };
    verdicts.push(verdict);
  }
  return { judgedUntil: until, breach, verdicts, dueAt: null };
}

interface Step {
  verdict: Verdict;
}

/** Walks from `state.judgedUntil` to the end of time, verdict by verdict. */
function* walk(
  expectation: Expectation,
  arrivals: readonly number[],
  state: Judgement,
  excuses: readonly Excuse[],
  onChange: (at: number, breach: Breach | null) => void = () => undefined,
): Generator<Step> {
  const grace = graceMs(expectation);
  const window = new Window(arrivals, periodMs(expectation.period), state.judgedUntil);
  let breach = state.breach;
  // The expectation may have been edited since the last judgement: hold the present count against the new one.
  let at: number | null = state.judgedUntil;
  while (at !== null) {
    const kind = breachOf(expectation, window.count);
    if (kind !== (breach?.kind ?? null)) {
      if (breach?.isOpened) yield { verdict: { ...verdictOf(breach, at, window.count), type: 'closed' } };
      breach = kind ? { kind, since: at, isOpened: false } : null;
      onChange(at, breach);
    }
    const nextAt = window.nextChange();
    if (breach && !breach.isOpened) {
      const ranOutAt = afterGrace(breach.since, grace, excuses);
      // A breach that ends at the very instant its grace runs out did not outlast it.
      if (nextAt === null || ranOutAt < nextAt) {
        breach = { ...breach, isOpened: true };
        onChange(ranOutAt, breach);
        yield { verdict: { ...verdictOf(breach, ranOutAt, window.count), type: 'opened' } };
      }
    }
    if (nextAt !== null) window.moveTo(nextAt);
    at = nextAt;
  }
}

function verdictOf({ kind, since }: Breach, at: number, count: number) {
  return { kind, at, since, count };
}

function breachOf({ n, variance }: Expectation, count: number): BreachKind | null {
  if (count < n - variance) return 'MISSING';
  return count > n + variance ? 'EXTRA' : null;
}

/** The instant at which `grace` has passed since `since`, not counting excused time. */
function afterGrace(since: number, grace: number, excuses: readonly Excuse[]): number {
  let end = since + grace;
  for (const [from, to] of [...excuses].sort((a, b) => a[0] - b[0])) {
    const overlap = to - Math.max(from, since);
    if (from <= end && overlap > 0) end += overlap;
  }
  return end;
}

/** The arrivals within one period before an instant that only moves forward. */
class Window {
  readonly #arrivals: readonly number[];
  readonly #period: number;
  /** Arrivals before this index have left the window. */
  #left: number;
  /** Arrivals from this index on have not happened yet. */
  #entered: number;

  constructor(arrivals: readonly number[], period: number, at: number) {
    this.#arrivals = arrivals;
    this.#period = period;
    this.#entered = firstIndex(arrivals, (arrival) => arrival > at);
    this.#left = firstIndex(arrivals, (arrival) => arrival > at - period);
  }

  get count(): number {
    return this.#entered - this.#left;
  }

  nextChange(): number | null {
    const entering = this.#arrivals[this.#entered];
    const leaving = this.#arrivals[this.#left];
    const instants = [entering, leaving === undefined ? undefined : leaving + this.#period];
    const known = instants.filter((instant): instant is number => instant !== undefined);
    return known.length > 0 ? Math.min(...known) : null;
  }

  /** Everything that happens at `at` happens together: one mail in for one out is no change. */
  moveTo(at: number): void {
    while (this.#entered < this.#arrivals.length && (this.#arrivals[this.#entered] ?? 0) <= at)
      this.#entered += 1;
    while (this.#left < this.#entered && (this.#arrivals[this.#left] ?? 0) + this.#period <= at)
      this.#left += 1;
  }
}

function firstIndex(sorted: readonly number[], isPast: (value: number) => boolean): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isPast(sorted[middle] ?? 0)) high = middle;
    else low = middle + 1;
  }
  return low;
}
