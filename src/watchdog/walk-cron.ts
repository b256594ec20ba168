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
  const endOf = (due: number) => afterGrace(due, graceMs(expectation), excuses);
  const arrivedIn = (from: number, until: number) => {
    const arrival = arrivals[firstIndex(arrivals, (at) => at > from)];
    return arrival !== undefined && arrival <= until ? arrival : null;
  };
  let from = state.judgedUntil;
  let breach = state.breach;
  for (;;) {
    if (breach?.isOpened) {
      const arrival = arrivedIn(from, Infinity);
      if (arrival === null) return;
      onChange(arrival, null);
      yield { type: 'closed', kind: 'MISSING', at: arrival, since: breach.since, count: 1 };
      from = arrival;
      breach = null;
    }
    const missed = nextMissed(expectation, cron, from, excuses, endOf, arrivedIn);
    if (!missed) return;
    breach = { kind: 'MISSING', since: missed.due, isOpened: true };
    onChange(missed.end, breach);
    yield { type: 'opened', kind: 'MISSING', at: missed.end, since: missed.due, count: 0 };
    from = missed.end;
  }
}

/** Times asked of the library at once. */
const AT_ONCE = 8;

/** The first time whose grace ends after `from` and that no mail was there for. @returns null when it never comes again */
function nextMissed(
  expectation: Expectation,
  cron: CronTimes,
  from: number,
  excuses: readonly Excuse[],
  endOf: (due: number) => number,
  arrivedIn: (from: number, until: number) => number | null,
): { due: number; end: number } | null {
  const { expression, timezone } = cron;
  const countedFrom = expectation.countedFrom ?? new Date(0);
  const excused = excuses.reduce((sum, [start, end]) => sum + (end - start), 0);
  let after = later(new Date(from), -graceMs(expectation) - excused);
  const [former] = previousTimes(expression, timezone, later(after, 1), 1);
  let formerEnd = former && former > countedFrom ? endOf(former.getTime()) : -Infinity;
  for (;;) {
    const dues = nextTimes(expression, timezone, after, AT_ONCE);
    for (const next of dues) {
      after = next;
      if (next <= countedFrom) continue;
      const due = next.getTime();
      const end = endOf(due);
      const begin = Math.max(due - earlyMs(expectation) - 1, formerEnd);
      // Times within one outage end together: one mail counts for all of them.
      if (begin >= end) continue;
      formerEnd = end;
      if (end > from && arrivedIn(begin, end) === null) return { due, end };
    }
    if (dues.length < AT_ONCE) return null;
  }
}
