/**
 * When a silence is on. Pure: windows of a recurring silence are computed, never stored, from the clocks of its time
 * zone. “Every Sunday 02:00–04:00” lasts as long as the clocks show these times: an hour when they leap forward, three
 * when they are put back.
 */
import { localDayOf, whenClocksPass, whenClocksReach, type LocalDay } from '../kernel/calendar.ts';
import { later, MINUTE } from '../kernel/clock.ts';
import { minutesOfDay } from '../kernel/wall-clock.ts';
import type { Recurrence, Silence, Window } from './silence.ts';

type Timed = Pick<Silence, 'from' | 'to' | 'recurrence' | 'endedAt'>;

/** Every kind of day comes within a month; one more for what lies at its border. */
const DAYS_AHEAD = 33;
const MINUTES_A_DAY = 24 * 60;

export function isActive(silence: Timed, at: Date): boolean {
  return windowAt(silence, at) !== null;
}

/** The window that `at` lies in; of several, the one that ends last. */
export function windowAt(silence: Timed, at: Date): Window | null {
  const reach = silence.recurrence ? daysOf(silence.recurrence) : 0;
  return windowsAround(silence, at, -reach - 1, 1)
    .filter((window) => contains(window, at))
    .reduce<Window | null>((last, window) => (last && last.to >= window.to ? last : window), null);
}

/** The first window that begins after an instant; null when none does. */
export function nextWindow(silence: Timed, after: Date): Window | null {
  return windowsAround(silence, after, -1, DAYS_AHEAD).find(({ from }) => from > after) ?? null;
}

export type SilenceState = 'active' | 'coming' | 'past';

export function stateOf(silence: Timed, now: Date): SilenceState {
  if (isActive(silence, now)) return 'active';
  return nextWindow(silence, now) ? 'coming' : 'past';
}

function contains({ from, to }: Window, at: Date): boolean {
  return from <= at && at < to;
}

/** In their order, without what somebody ended. */
function windowsAround(silence: Timed, at: Date, firstDay: number, lastDay: number): Window[] {
  const { from, to, recurrence } = silence;
  const windows =
    from && to ? [{ from, to }] : recurrence ? recurring(recurrence, at, firstDay, lastDay) : [];
  return windows.map((window) => cut(window, silence.endedAt)).filter((window) => window.from < window.to);
}

/** What somebody ended is over from then on; the windows before and after it stay as they are. */
function cut(window: Window, endedAt: Date | null): Window {
  if (!endedAt || endedAt >= window.to || endedAt < window.from) return window;
  return { from: window.from, to: endedAt };
}

function recurring(recurrence: Recurrence, at: Date, firstDay: number, lastDay: number): Window[] {
  const windows: Window[] = [];
  for (let offset = firstDay; offset <= lastDay; offset += 1) {
    const day = localDayOf(at, recurrence.timezone, offset);
    if (isOn(recurrence, day)) windows.push(windowOn(recurrence, day));
  }
  return windows;
}

function isOn({ weekdays, monthDays }: Recurrence, { weekday, day, daysInMonth }: LocalDay): boolean {
  return (
    weekdays.includes(weekday) ||
    monthDays.includes(day) ||
    (day === daysInMonth && monthDays.some((one) => one > daysInMonth))
  );
}

function windowOn({ start, durationMinutes, timezone }: Recurrence, day: LocalDay): Window {
  const minutes = minutesOfDay(start);
  const from = whenClocksReach(day, minutes, timezone);
  const to = whenClocksPass(day, minutes + durationMinutes, timezone);
  // Both times were leapt over: the work is done after the leap, and takes as long as ever.
  return { from, to: to > from ? to : later(from, durationMinutes * MINUTE) };
}

/** What clocks show some minutes after `HH:MM`. */
export function clockAfter(start: string, minutes: number): { time: string; daysLater: number } {
  const shown = minutesOfDay(start) + minutes;
  const ofDay = shown % MINUTES_A_DAY;
  const time = `${String(Math.floor(ofDay / 60)).padStart(2, '0')}:${String(ofDay % 60).padStart(2, '0')}`;
  return { time, daysLater: Math.floor(shown / MINUTES_A_DAY) };
}

function daysOf({ durationMinutes }: Recurrence): number {
  return Math.ceil(durationMinutes / MINUTES_A_DAY);
}
