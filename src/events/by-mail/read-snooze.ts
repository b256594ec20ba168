/** "2h", "30 min", "until 14:00", "tomorrow", "until tomorrow 8:30", "until 2026-03-12 09:00": for how long. */
import { localDayOf, parseLocal, whenClocksReach } from '../../kernel/calendar.ts';
import { DAY, HOUR, later, MINUTE } from '../../kernel/clock.ts';

/** A snooze is a pause; what is to be hidden for longer wants a silence, or an end. */
const LONGEST_SNOOZE_MS = 90 * DAY;

/** When a day at work begins. */
const MORNING_MINUTES = 9 * 60;

const UNITS: Record<string, number> = { m: MINUTE, h: HOUR, d: DAY, w: 7 * DAY };
const SPAN = /^(\d{1,5})\s?(m|min|mins|minutes?|h|hrs?|hours?|d|days?|w|weeks?)[.!]?$/i;
const TIME = /^(\d{1,2})[:.](\d{2})(?:\s?(?:uhr|h))?[.!]?$/i;

/** @returns null for what says no time, or one that is past or too far */
export function readSnooze(words: string, now: Date, timeZone: string): Date | null {
  const text = words
    .trim()
    .toLowerCase()
    .replace(/^(for|until|till|bis)\s{1,5}/, '');
  const until = spanOf(text, now) ?? dayOf(text, now, timeZone) ?? dateOf(text, timeZone);
  if (!until || until <= now || until > later(now, LONGEST_SNOOZE_MS)) return null;
  return until;
}

/** Tomorrow at nine where the person is. */
export function tomorrowMorning(now: Date, timeZone: string): Date {
  return whenClocksReach(localDayOf(now, timeZone, 1), MORNING_MINUTES, timeZone);
}

function spanOf(text: string, now: Date): Date | null {
  const [, count, unit = ''] = SPAN.exec(text) ?? [];
  return count ? later(now, Number(count) * (UNITS[unit[0] ?? ''] ?? 0)) : null;
}

function dayOf(text: string, now: Date, timeZone: string): Date | null {
  const isTomorrow = /^(tomorrow|morgen)\b/.test(text);
  const rest = text.replace(/^(tomorrow|morgen|today|heute)\s{0,5}(at\s|um\s)?/, '').trim();
  if (isTomorrow && rest === '') return tomorrowMorning(now, timeZone);
  const minutes = minutesOf(rest);
  if (minutes === null) return null;
  if (isTomorrow) return whenClocksReach(localDayOf(now, timeZone, 1), minutes, timeZone);
  const today = whenClocksReach(localDayOf(now, timeZone), minutes, timeZone);
  return today > now ? today : whenClocksReach(localDayOf(now, timeZone, 1), minutes, timeZone);
}

function minutesOf(text: string): number | null {
  const [, hours, minutes] = TIME.exec(text) ?? [];
  if (hours === undefined || Number(hours) > 23 || Number(minutes) > 59) return null;
  return Number(hours) * 60 + Number(minutes);
}

function dateOf(text: string, timeZone: string): Date | null {
  const day = /^(\d{4}-\d{2}-\d{2})(?:[t\s]{1,3}(\d{1,2}:\d{2}))?[.!]?$/.exec(text);
  return day ? parseLocal(`${day[1] ?? ''}T${(day[2] ?? '09:00').padStart(5, '0')}`, timeZone) : null;
}
