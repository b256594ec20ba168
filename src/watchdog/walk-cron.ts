/**
 * A cron schedule: each of its times wants one mail, from a little before (early) until its grace has run out. The
 * windows do not overlap, so that a mail is credited to one time only: one that comes between two times counts for the
 * earlier one as long as that one's grace runs. MISSING opens when a grace has run out and ends with the next mail.
 * There are never too many.
 */
import { later } from '../kernel/clock.ts';
import { nextTimes, previousTimes } from '../kernel/cron.ts';
import { earlyMs, graceMs, type CronTimes, type Expectation } from './expectation.ts';
import { afterGrace, firstIndex, type Breach, type Excuse, type Judgement, type Verdict } from './verdict.ts';

/** Walks from `state.judgedUntil` to the end of time, verdict by verdict. */
export function* walkCron(
  expectation: Expectation,
  cron: CronTimes,
  arrivals: readonly number[],
  state: Judgement,
  excuses: readonly Excuse[],
  onChange: (at: number, breach: Breach | null) => void,
): Generator<Verdict> {
  const windows = new CronWindows(expectation, cron, arrivals, excuses);
  let from = state.judgedUntil;
  let breach = state.breach;
  for (;;) {
    if (breach?.isOpened) {
      const arrival = windows.arrivalIn(from, Infinity);
      if (arrival === null) return;
      onChange(arrival, null);
      yield { type: 'closed', kind: 'MISSING', at: arrival, since: breach.since, count: 1 };
      from = arrival;
      breach = null;
    }
    const missed = windows.nextMissed(from);
    if (!missed) return;
    breach = { kind: 'MISSING', since: missed.due, isOpened: true };
    onChange(missed.end, breach);
    yield { type: 'opened', kind: 'MISSING', at: missed.end, since: missed.due, count: 0 };
    from = missed.end;
  }
}

/** A time, and when the mails come that count for it: in (begin, end]. */
interface CronWindow {
  due: number;
  begin: number;
  end: number;
}

/** The windows of a schedule's times, and the mails that came. */
class CronWindows {
  readonly #expectation: Expectation;
  readonly #cron: CronTimes;
  readonly #arrivals: readonly number[];
  readonly #excuses: readonly Excuse[];

  constructor(
    expectation: Expectation,
    cron: CronTimes,
    arrivals: readonly number[],
    excuses: readonly Excuse[],
  ) {
    this.#expectation = expectation;
    this.#cron = cron;
    this.#arrivals = arrivals;
    this.#excuses = excuses;
  }

  /** The first mail in (from, until]. */
  arrivalIn(from: number, until: number): number | null {
    const arrival = this.#arrivals[firstIndex(this.#arrivals, (at) => at > from)];
    return arrival !== undefined && arrival <= until ? arrival : null;
  }

  /** The first window that ends after `from` and that no mail was there in. @returns null when none ever will be */
  nextMissed(from: number): CronWindow | null {
    for (const window of this.#listAround(from)) {
      if (window.end > from && this.arrivalIn(window.begin, window.end) === null) return window;
    }
    return null;
  }

  /** From one that ends before `from`, or the first that counts, to the end of time. */
  *#listAround(from: number): Generator<CronWindow> {
    const countedFrom = this.#expectation.countedFrom?.getTime() ?? 0;
    const excused = this.#excuses.reduce((sum, [start, end]) => sum + (end - start), 0);
    const after = new Date(from - graceMs(this.#expectation) - excused);
    const { expression, timezone } = this.#cron;
    const [former] = previousTimes(expression, timezone, later(after, 1), 1);
    let formerEnd = former && former.getTime() > countedFrom ? this.#endOf(former.getTime()) : -Infinity;
    for (const due of listTimes(this.#cron, after)) {
      if (due <= countedFrom) continue;
      const begin = Math.max(due - earlyMs(this.#expectation) - 1, formerEnd);
      const end = this.#endOf(due);
      // Times within one outage end together: one mail counts for all of them.
      if (begin >= end) continue;
      formerEnd = end;
      yield { due, begin, end };
    }
  }

  #endOf(due: number): number {
    return afterGrace(due, graceMs(this.#expectation), this.#excuses);
  }
}

/** Times asked of the library at once. */
const AT_ONCE = 8;

function* listTimes({ expression, timezone }: CronTimes, after: Date): Generator<number> {
  let last: Date | undefined = after;
  while (last) {
    const dues = nextTimes(expression, timezone, last, AT_ONCE);
    for (const due of dues) yield due.getTime();
    last = dues[AT_ONCE - 1];
  }
}
