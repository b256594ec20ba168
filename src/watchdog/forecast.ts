/** When the next mails of a stream should be there: cron times, or what came in the last period once more. */
import { periodMs } from '../kernel/calendar.ts';
import { later } from '../kernel/clock.ts';
import { nextTimes } from '../kernel/cron.ts';
import type { Expectation } from './expectation.ts';

/** @param arrivals newest first. @returns empty while nothing has come and no time is set */
export function forecast(
  expectation: Expectation,
  arrivals: readonly Date[],
  now: Date,
  count: number,
): Date[] {
  const { cron, period, n } = expectation;
  if (cron) return nextTimes(cron.expression, cron.timezone, now, count);
  const length = periodMs(period);
  const last = arrivals.slice(0, Math.min(n, count)).reverse();
  if (last.length === 0) return [];
  // Of many a period only the next ones are wanted: as far apart as they should be.
  if (n > count)
    return Array.from({ length: count }, (_none, index) => later(now, ((index + 1) * length) / n));
  const dues: Date[] = [];
  for (let turn = 0; dues.length < count; turn += 1) {
    const skipped = Math.max(0, Math.floor((now.getTime() - (last[0]?.getTime() ?? 0)) / length));
    for (const at of last) {
      const due = later(at, (turn + skipped) * length);
      if (due > now && dues.length < count) dues.push(due);
    }
  }
  return dues;
}
