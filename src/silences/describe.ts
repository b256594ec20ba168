/** A silence in plain words: when it is on, and what it means. */
import { formatLocal } from '../kernel/calendar.ts';
import type { Recurrence, Silence, SilenceScope } from './silence.ts';
import { clockAfter } from './windows.ts';

const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

/** `every Sunday 02:00–04:00 Europe/Berlin`; `29 Nov 2026 02:00 – 30 Nov 2026 04:00 Europe/Berlin` */
export function describeTimes({ from, to, recurrence }: Silence, timeZone: string): string {
  if (recurrence) return describeRecurrence(recurrence);
  if (!from || !to) return 'never';
  return `${formatLocal(from, timeZone, 'd LLL yyyy HH:mm')} – ${formatLocal(to, timeZone, 'd LLL yyyy HH:mm')} ${timeZone}`;
}

function describeRecurrence(recurrence: Recurrence): string {
  const { start, durationMinutes, timezone } = recurrence;
  const { time, daysLater } = clockAfter(start, durationMinutes);
  const behind = daysLater === 0 ? '' : daysLater === 1 ? ' the next day' : ` ${daysLater} days later`;
  return `${describeDays(recurrence)} ${start}–${time}${behind} ${timezone}`;
}

function describeDays({ weekdays, monthDays }: Recurrence): string {
  if (weekdays.length === WEEKDAYS.length) return 'every day';
  if (weekdays.length > 0) return `every ${listed(weekdays.map((day) => WEEKDAYS[day - 1] ?? ''))}`;
  return `on day ${listed(monthDays.map(String))} of every month`;
}

function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

/** `shop.db.*, not shop.db.test; on db1` @param names of schedules and rules, by id */
export function describeScope(scope: SilenceScope, names: ReadonlyMap<string, string>): string {
  const named = (ids: readonly string[]): string =>
    ids.map((id) => `“${names.get(id) ?? 'removed'}”`).join(' or ');
  const meant = scope.orgs.filter((pattern) => !pattern.startsWith('!'));
  const leftOut = scope.orgs.filter((pattern) => pattern.startsWith('!')).map((pattern) => pattern.slice(1));
  const orgs = meant.map((pattern) => (pattern === '*' ? 'everything' : pattern)).join(' or ');
  return [
    meant.length > 0 ? `${orgs}${leftOut.length > 0 ? ` but not ${leftOut.join(' or ')}` : ''}` : '',
    scope.servers.length > 0 ? `on ${scope.servers.join(', ')} alone` : '',
    scope.streams.length > 0 ? `schedule ${named(scope.streams)}` : '',
    scope.rules.length > 0 ? `mails of rule ${named(scope.rules)}` : '',
  ]
    .filter(Boolean)
    .join(', ');
}
