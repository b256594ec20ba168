/**
 * A count schedule (semantics §6): at every instant t the number of arrivals in (t − period, t] must lie in
 * [N − V, N + V]; being outside for longer than the grace opens MISSING or EXTRA at the instant the grace runs out, and
 * being inside again closes it. The count changes only when a mail arrives and when it leaves the window one period
 * later, so the walk goes over those instants; between them nothing can happen except that a grace runs out.
 */
import { periodMs } from '../kernel/calendar.ts';
import { graceMs, type Expectation } from './expectation.ts';
import {
  afterGrace,
  firstIndex,
  type Breach,
  type BreachKind,
  type Excuse,
  type Judgement,
  type Verdict,
} from './verdict.ts';

/** Walks from `state.judgedUntil` to the end of time, verdict by verdict. */
export function* walkCount(
  expectation: Expectation,
  arrivals: readonly number[],
  state: Judgement,
  excuses: readonly Excuse[],
  onChange: (at: number, breach: Breach | null) => void,
): Generator<Verdict> {
  const grace = graceMs(expectation);
  const window = new Window(arrivals, periodMs(expectation.period), state.judgedUntil);
  let breach = state.breach;
  // The expectation may have been edited since the last judgement: hold the present count against the new one.
  let at: number | null = state.judgedUntil;
  while (at !== null) {
    const kind = breachOf(expectation, window.count, breach);
    if (kind !== (breach?.kind ?? null)) {
      if (breach?.isOpened) yield { type: 'closed', ...verdictOf(breach, at, window.count) };
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
        yield { type: 'opened', ...verdictOf(breach, ranOutAt, window.count) };
      }
    }
    if (nextAt !== null) window.moveTo(nextAt);
    at = nextAt;
  }
}

function verdictOf({ kind, since }: Breach, at: number, count: number) {
  return { kind, at, since, count };
}

/** An open alarm ends only by what arrives: a tag that was changed meanwhile does not end it (`former`). */
function breachOf(expectation: Expectation, count: number, breach: Breach | null): BreachKind | null {
  const kind = outOf(expectation, count);
  if (kind !== null || !breach?.isOpened || !expectation.former) return kind;
  return outOf(expectation.former, count) === breach.kind ? breach.kind : null;
}

function outOf({ n, variance }: Pick<Expectation, 'n' | 'variance'>, count: number): BreachKind | null {
  if (count < n - variance) return 'MISSING';
  return count > n + variance ? 'EXTRA' : null;
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
