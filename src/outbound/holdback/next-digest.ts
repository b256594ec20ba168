/** When a person's next list comes: at the times of day that they chose, or each quarter of an hour. Pure. */
import { localDayOf, whenClocksReach } from '../../kernel/calendar.ts';
import { earliest, MINUTE } from '../../kernel/clock.ts';
import { minutesOfDay } from '../../kernel/wall-clock.ts';

export interface DigestTimes {
  /** `HH:MM`; none: each quarter of an hour. */
  times: readonly string[];
  timeZone: string;
}

/** Contract §4: no digest sooner than this after the one before. Digests stand on the quarters of the hour. */
const DIGEST_EVERY_MS = 15 * MINUTE;

export function nextDigest({ times, timeZone }: DigestTimes, now: Date): Date {
  const coming = [0, 1]
    .map((days) => localDayOf(now, timeZone, days))
    .flatMap((day) => times.map((time) => whenClocksReach(day, minutesOfDay(time), timeZone)))
    .filter((at) => at > now);
  const [first, ...others] = coming;
  return first ? earliest(first, ...others) : nextQuarter(now);
}

function nextQuarter(now: Date): Date {
  return new Date((Math.floor(now.getTime() / DIGEST_EVERY_MS) + 1) * DIGEST_EVERY_MS);
}
