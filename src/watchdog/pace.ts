/** How often mails are wanted, as a person says it: so many a period, or at cron times. */
import { isTimeZone, periodMs, PERIODS, type Period } from '../kernel/calendar.ts';
import { HOUR } from '../kernel/clock.ts';
import { faultOfCron, nextTimes } from '../kernel/cron.ts';
import { Invalid, type Fault } from '../kernel/errors.ts';
import type { CronTimes } from './expectation.ts';

export interface PaceInput {
  /** With n, of a count schedule. */
  period?: Period | undefined;
  n?: number | undefined;
  variance?: number | undefined;
  /** With timezone, of a cron schedule. */
  cron?: string | null | undefined;
  timezone?: string | null | undefined;
  earlySeconds?: number | null | undefined;
  graceSeconds?: number | null | undefined;
}

export interface Pace {
  period: Period;
  n: number;
  variance: number;
  cron: CronTimes | null;
}

/** @throws Invalid with every fault of the numbers or of the cron expression */
export function readPace(input: PaceInput, now: Date): Pace {
  const { cron, timezone, earlySeconds = null, graceSeconds } = input;
  const expression = cron?.trim();
  if (!expression) {
    const { period, n, variance = 0 } = input;
    return requireCount({ period, n, variance, graceSeconds });
  }
  const zone = timezone?.trim() ?? '';
  const faults: Fault[] = [];
  if (!isTimeZone(zone)) {
    faults.push({ field: 'timezone', message: 'Give an IANA time zone, such as Europe/Berlin.' });
  } else {
    const fault = faultOfCron(expression, zone, now);
    if (fault) faults.push({ field: 'cron', message: fault });
  }
  if (faults.length > 0) throw new Invalid(faults);
  const times = { expression, timezone: zone, earlySeconds };
  return { period: scaleOf(times, now), n: 1, variance: 0, cron: times };
}

/** The longest period that is no longer than the shortest gap between its times: graces are a tenth of it. */
function scaleOf({ expression, timezone }: CronTimes, now: Date): Period {
  const times = nextTimes(expression, timezone, now, LOOKED_AT).map((at) => at.getTime());
  const gaps = times.slice(1).map((at, index) => at - (times[index] ?? 0));
  // A day that is an hour short is a day.
  const shortest = Math.min(...gaps, periodMs('month')) + HOUR_OF_SUMMER_TIME;
  return [...PERIODS].reverse().find((period) => periodMs(period) <= shortest) ?? 'minute';
}

/** Times that tell how often a cron schedule comes: a week of a daily one. */
const LOOKED_AT = 8;
const HOUR_OF_SUMMER_TIME = HOUR;

/** A count stays a count and cron times stay cron times. */
export function changePace({ period, n, variance, cron }: Pace, change: PaceInput, now: Date): Pace {
  if (!cron) {
    return readPace(
      { ...change, cron: null, period, n: change.n ?? n, variance: change.variance ?? variance },
      now,
    );
  }
  return readPace(
    {
      ...change,
      cron: change.cron ?? cron.expression,
      timezone: change.timezone ?? cron.timezone,
      earlySeconds: change.earlySeconds === undefined ? cron.earlySeconds : change.earlySeconds,
    },
    now,
  );
}

const MOST_PER_PERIOD = 10_000;

function requireCount({ period, n, variance = 0, graceSeconds }: PaceInput): Pace {
  const faults: Fault[] = [];
  if (!period || !PERIODS.includes(period))
    faults.push({ field: 'period', message: `Use one of ${PERIODS.join(', ')}.` });
  if (n === undefined || !Number.isInteger(n) || n < 1 || n > MOST_PER_PERIOD) {
    faults.push({ field: 'n', message: `Give a whole number from 1 to ${MOST_PER_PERIOD}.` });
  }
  if (!Number.isInteger(variance) || variance < 0 || variance > MOST_PER_PERIOD) {
    faults.push({ field: 'variance', message: 'Give a whole number from 0.' });
  }
  if (
    graceSeconds !== undefined &&
    graceSeconds !== null &&
    (!Number.isInteger(graceSeconds) || graceSeconds < 0)
  ) {
    faults.push({
      field: 'graceSeconds',
      message: 'Give seconds from 0, or leave it empty for a tenth of the interval.',
    });
  }
  if (faults.length > 0 || !period || n === undefined) throw new Invalid(faults);
  return { period, n, variance, cron: null };
}
