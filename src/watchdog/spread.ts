/**
 * The grace that a stream needs, learned from how regularly its mails come (semantics §6): the default of a tenth is
 * late news of a backup that always comes to the minute, and a false alarm for one that wanders.
 */
import { periodMs } from '../kernel/calendar.ts';
import { DAY, MINUTE, SECOND } from '../kernel/clock.ts';
import { nextTimes, previousTimes } from '../kernel/cron.ts';
import { defaultGraceMs, type CronTimes, type Expectation } from './expectation.ts';
import { firstIndex } from './verdict.ts';

/** Kept per stream: a month of a daily mail, an afternoon of a busy one. */
const MOST_DEVIATIONS = 40;
const FEWEST_TO_LEARN = 10;
/** The deviation that one mail of twenty exceeds, and the room beyond it. */
const QUANTILE = 0.95;
const ROOM = 3;
/** Learned graces stay between a quarter and twice of the default. */
const LEAST_SHARE = 0.25;
const MOST_SHARE = 2;
/** Clocks that change move a daily mail by an hour. */
const LEAST_OF_DAYS_MS = 75 * MINUTE;
/** Mail is delayed by so much on its way without anybody's fault. */
const LEAST_MS = 30 * SECOND;

/**
 * How long each of the arrivals in (from, until] has kept the stream out of its range, in seconds. What is so far off
 * that it is no spread but a breach is left out.
 * @param arrivals ascending, in milliseconds
 */
export function deviationsOf(
  expectation: Expectation,
  arrivals: readonly number[],
  from: number,
  until: number,
): number[] {
  const most = MOST_SHARE * defaultGraceMs(expectation);
  const first = firstIndex(arrivals, (at) => at > from);
  const end = firstIndex(arrivals, (at) => at > until);
  const deviations: number[] = [];
  for (let index = Math.max(first, end - MOST_DEVIATIONS); index < end; index += 1) {
    const deviation = expectation.cron
      ? fromCronTime(expectation.cron, arrivals[index] ?? 0)
      : fromWindow(expectation, arrivals, index);
    if (deviation !== null && deviation <= most) deviations.push(Math.round(deviation / SECOND));
  }
  return deviations;
}

/** Too few for as long as the mail that keeps the count up is late, too many for as long as it is early. */
function fromWindow(
  { n, variance, period }: Expectation,
  arrivals: readonly number[],
  index: number,
): number | null {
  const at = arrivals[index] ?? 0;
  const keepsUp = arrivals[index - (n - variance)];
  const fillsUp = arrivals[index - (n + variance)];
  if (keepsUp === undefined || variance >= n) return null;
  const late = at - keepsUp - periodMs(period);
  const early = fillsUp === undefined ? 0 : periodMs(period) - (at - fillsUp);
  return Math.max(0, late, early);
}

function fromCronTime({ expression, timezone }: CronTimes, at: number): number | null {
  const instant = new Date(at);
  const near = [
    ...previousTimes(expression, timezone, instant, 1),
    ...nextTimes(expression, timezone, instant, 1),
  ];
  const distances = near.map((due) => Math.abs(due.getTime() - at));
  return distances.length > 0 ? Math.min(...distances) : null;
}

/** What is remembered after further ones. */
export function rememberDeviations(known: readonly number[], more: readonly number[]): number[] {
  return [...known, ...more].slice(-MOST_DEVIATIONS);
}

/** @returns seconds; null while too little is known */
export function learnGrace(expectation: Expectation, deviations: readonly number[]): number | null {
  if (deviations.length < FEWEST_TO_LEARN) return null;
  const sorted = [...deviations].sort((one, other) => one - other);
  const usual = (sorted[Math.ceil(sorted.length * QUANTILE) - 1] ?? 0) * SECOND;
  const standard = defaultGraceMs(expectation);
  const least = Math.max(
    LEAST_SHARE * standard,
    Math.min(standard, periodMs(expectation.period) >= DAY ? LEAST_OF_DAYS_MS : LEAST_MS),
  );
  return Math.round(Math.min(MOST_SHARE * standard, Math.max(least, ROOM * usual)) / SECOND);
}
