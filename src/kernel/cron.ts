/** Cron expressions by the clock of a time zone (croner), right over days of 23 and 25 hours. */
import { Cron } from 'croner';

/** Parsed once: a schedule is asked for its next times at each judgement. */
const parsed = new Map<string, Cron>();
/** More are parsed anew; each is a few kilobytes. */
const MOST_PARSED = 20_000;

/**
 * @param expression five fields (minute hour day month weekday) or a nickname such as `@daily`
 * @throws Error when it is none
 */
function parse(expression: string, timezone: string): Cron {
  const key = `${expression}|${timezone}`;
  const known = parsed.get(key);
  if (known) return known;
  // Paused: it only tells times and runs nothing. As in Debian's cron, hours without a wildcard come once on the day
  // that has an hour twice.
  const cron = new Cron(expression, { timezone, paused: true, mode: '5-part', fixedTimeRule: 'no-wildcard' });
  if (parsed.size >= MOST_PARSED) parsed.clear();
  parsed.set(key, cron);
  return cron;
}

/** @returns what is wrong with an expression, as a sentence; null when it is good */
export function faultOfCron(expression: string, timezone: string, now: Date): string | null {
  try {
    const [first] = parse(expression, timezone).nextRuns(1, now);
    return first ? null : 'It never comes true: there is no such day.';
  } catch {
    return 'Use five fields (minute hour day month weekday), such as "30 2 * * 1-5", or @hourly, @daily, @weekly, @monthly.';
  }
}

/** The next times after an instant, the earliest first. */
export function nextTimes(expression: string, timezone: string, after: Date, count: number): Date[] {
  return parse(expression, timezone).nextRuns(count, after);
}

/** The last times before an instant, the latest first. */
export function previousTimes(expression: string, timezone: string, before: Date, count: number): Date[] {
  return parse(expression, timezone).previousRuns(count, before);
}
