/**
 * Times of day at which mails come: every so many minutes, or at some times of all days, of weekdays or of days of the
 * month. For each width of window, from the narrowest, the windows are laid where most mails are; a timetable is found
 * when nearly all its times were met, few mails came besides, and chance does not explain it (significance.ts).
 * Everything here is in shown times: what the clocks of one zone say, counted like UTC.
 */
import { DAY, HOUR, MINUTE } from '../../kernel/clock.ts';
import { firstIndex } from '../verdict.ts';
import { isBeyondChance } from './significance.ts';

export interface Timetable {
  /** Minutes after midnight, ascending; of a grid those of one day. */
  minutes: number[];
  /** 0 is Sunday, as in cron; null: any. */
  weekdays: number[] | null;
  /** 0 is the last day; null: any. */
  monthDays: number[] | null;
  /** In shown time, those that are over; the last ones at the end. */
  dues: number[];
  met: boolean[];
  /** How far from its time the mail is that one of twenty exceeds. */
  spreadMs: number;
}

/** A time is met by a mail so near to it; wider windows need more mails to be believed. */
const HALF_WIDTHS = [0.25, 0.5, 1, 2, 5, 15, 30, 60, 90].map((minutes) => minutes * MINUTE);
/** A narrower window is taken when it loses no more than this share of what a wider one holds. */
const LOST_BY_NARROWING = 0.02;
/** Windows that are more of all time than this tell nothing of an hour. */
const LARGEST_SHARE = 0.25;
/** A schedule that breaks more often would be a nuisance rather than a help. */
export const LEAST_MET = 0.85;
/** And one whose mails come at other times as well is something else. */
const LEAST_INSIDE = 0.85;
/** With less it may be anything that was repeated. */
export const FEWEST_REPETITIONS = 5;
/** So that days without mail, such as a weekend, have been seen twice. */
const SHORTEST_OF_DAYS_MS = 14 * DAY;
/** An incident that reminds people every few hours is over before, */
const SHORTEST_MS = 7 * DAY;
/** or has not reminded them so often. */
const SURELY_MANY = 250;
/** Of these last times one must have been met, or the mails have ended. */
const LAST_TIMES = 3;

/** Minutes between the times of a grid: those that cron can write. */
const GRIDS = [5, 6, 10, 12, 15, 20, 30, 60, 120, 180, 240, 360, 480, 720];
/** Times a day that are looked for. */
const MOST_TIMES = 12;
/** A further time of day must have so much of the mails of the first. */
const LEAST_OF_FIRST = 0.5;
/** A weekday or day of the month belongs to it when mail came on so many of them. */
const LEAST_OF_DAYS = 0.5;
const MOST_MONTH_DAYS = 3;

/** Choices tried beside the place of windows: grids, sets of weekdays, days of the month, each in every width. */
const TRIED = HALF_WIDTHS.length * (GRIDS.length + 2 ** 7 + 32);

/**
 * @param shown ascending shown times of mails
 * @param until up to when mails are known
 */
export function findTimetable(shown: readonly number[], until: number): Timetable | null {
  if (shown.length < FEWEST_REPETITIONS) return null;
  const onGrids = GRIDS.flatMap((minutes) => findOnGrid(shown, until, minutes));
  const found = onGrids.length > 0 ? onGrids : findOnDays(shown, until);
  const best = Math.max(...found.map(({ quality }) => quality));
  return found.find(({ quality }) => quality >= best - LOST_BY_NARROWING) ?? null;
}

/** @returns for each width that it is found in, the narrowest first */
function findOnGrid(shown: readonly number[], until: number, minutes: number): Found[] {
  const step = minutes * MINUTE;
  const span = until - (shown[0] ?? until);
  const mayBe = isLongEnough(shown, span) && shown.length * 2 * step > span && isOften(shown, step, span);
  if (!mayBe) return [];
  const onCircle = placeOnCircle(shown, step);
  return HALF_WIDTHS.filter((halfWidth) => (2 * halfWidth) / step <= LARGEST_SHARE).flatMap((halfWidth) => {
    const [phase = 0] = findPhases(onCircle, step, halfWidth, 1).phases;
    const dues: number[] = [];
    const first = Math.floor(((shown[0] ?? 0) - phase) / step) * step + phase;
    for (let due = first; due <= until; due += step) dues.push(due);
    const perDay = Array.from({ length: DAY / step }, (_none, index) => phase / MINUTE + index * minutes);
    const times = { minutes: perDay, weekdays: null, monthDays: null };
    return weigh(times, dues, shown, until, halfWidth, 1) ?? [];
  });
}

/** True when it has gone on for longer than incidents do. */
export function isLongEnough(arrivals: readonly number[], span: number): boolean {
  return span >= SHORTEST_MS || arrivals.length >= SURELY_MANY;
}

/** Mails on both sides of a step's border may leave every other step empty; rarer ones cannot be of the grid. */
function isOften(shown: readonly number[], step: number, span: number): boolean {
  return new Set(shown.map((at) => Math.floor(at / step))).size >= (LEAST_MET / 2) * (span / step);
}

function findOnDays(shown: readonly number[], until: number): Found[] {
  if (until - (shown[0] ?? until) < SHORTEST_OF_DAYS_MS) return [];
  const onCircle = placeOnCircle(shown, DAY);
  return HALF_WIDTHS.flatMap((halfWidth) => {
    const { phases, inside } = findPhases(onCircle, DAY, halfWidth, MOST_TIMES);
    // Most series are random, and end here: each mail that sets a window counts for nothing.
    const mayBe = inside - phases.length >= FEWEST_REPETITIONS - 1 && 2 * inside >= shown.length;
    if (!mayBe) return [];
    return findOnDaysAt(shown, until, halfWidth, phases) ?? [];
  });
}

function findOnDaysAt(
  shown: readonly number[],
  until: number,
  halfWidth: number,
  phases: readonly number[],
): Found | null {
  const first = shown[0] ?? until;
  const minutes = phases.map((phase) => phase / MINUTE).sort((one, other) => one - other);
  const days = daysBetween(first, until);
  // A time shortly before midnight is also met shortly after: days are those of the times.
  const daysWithMail = new Set(
    shown.flatMap((at) => {
      const day = dayOfNearest(at, phases, halfWidth);
      return day === null ? [] : [day];
    }),
  );
  const weekdays = daysOften(days, daysWithMail, (day) => [weekdayOf(day)]);
  const monthDays = weekdays.length > 0 ? [] : daysOften(days, daysWithMail, monthDaysOf);
  const sets: { weekdays: number[] | null; monthDays: number[] | null }[] = [];
  if (weekdays.length > 0) sets.push({ weekdays: weekdays.length === 7 ? null : weekdays, monthDays: null });
  const wholeMonths = monthDays.includes(0) ? [0] : monthDays;
  if (wholeMonths.length > 0 && wholeMonths.length <= MOST_MONTH_DAYS)
    sets.push({ weekdays: null, monthDays: wholeMonths });
  for (const set of sets) {
    const isOn = (day: number) =>
      set.weekdays?.includes(weekdayOf(day)) ??
      set.monthDays?.some((of) => monthDaysOf(day).includes(of)) ??
      true;
    const dues = days.filter(isOn).flatMap((day) => minutes.map((minute) => day * DAY + minute * MINUTE));
    const found = weigh({ minutes, ...set }, dues, shown, until, halfWidth, minutes.length);
    if (found && isRepeated(found)) return found;
  }
  return null;
}

/** What happens several times a day is one happening: few days of the week or month must have come back often enough. */
function isRepeated({ weekdays, monthDays, dues, met }: Timetable): boolean {
  const days = dues.filter((_due, index) => met[index]).map((due) => Math.floor(due / DAY));
  if (monthDays) return new Set(days.map(monthOf)).size >= FEWEST_REPETITIONS;
  const rounds = new Set(days.map((day) => Math.floor(day / 7))).size;
  return weekdays === null || weekdays.length > FEW_WEEKDAYS || rounds >= FEWEST_REPETITIONS;
}

/** Three and more days a week have been seen often enough in the time that days need. */
const FEW_WEEKDAYS = 2;

function monthOf(day: number): string {
  return new Date(day * DAY).toISOString().slice(0, 7);
}

/** The middles of the windows with most mails on a circle of `length`, the fullest first, rounded to minutes. */
function findPhases(
  onCircle: readonly number[],
  length: number,
  halfWidth: number,
  most: number,
): { phases: number[]; inside: number } {
  let left = onCircle;
  const phases: number[] = [];
  let fullest = 0;
  let inside = 0;
  while (phases.length < most && left.length > 0) {
    const window = fullestWindow(left, length, 2 * halfWidth);
    if (fullest === 0) fullest = window.length;
    if (window.length < fullest * LEAST_OF_FIRST) break;
    const middle = window[window.length >> 1] ?? 0;
    const phase = modulo(Math.round(middle / MINUTE) * MINUTE, length);
    if (phases.every((other) => around(other - phase, length) > 2 * halfWidth)) phases.push(phase);
    inside += window.length;
    const taken = new Set(window.map((at) => modulo(at, length)));
    left = most === 1 ? [] : left.filter((at) => !taken.has(at) && around(at - phase, length) > halfWidth);
  }
  return { phases, inside };
}

function placeOnCircle(shown: readonly number[], length: number): number[] {
  return shown.map((at) => modulo(at, length)).sort((one, other) => one - other);
}

/** @returns the mails of the window, those beyond the end of the circle counted on */
function fullestWindow(sorted: readonly number[], length: number, width: number): number[] {
  const twice = [...sorted, ...sorted.map((at) => at + length)];
  let best: [from: number, to: number] = [0, 0];
  let to = 0;
  for (let from = 0; from < sorted.length; from += 1) {
    while (to < from + sorted.length && (twice[to] ?? 0) - (twice[from] ?? 0) <= width) to += 1;
    if (to - from > best[1] - best[0]) best = [from, to];
  }
  return twice.slice(...best);
}

function daysBetween(from: number, until: number): number[] {
  const first = Math.floor(from / DAY) - 1;
  const last = Math.floor(until / DAY) + 1;
  return Array.from({ length: last - first + 1 }, (_none, index) => first + index);
}

function dayOfNearest(at: number, phases: readonly number[], halfWidth: number): number | null {
  const phase = phases.find((one) => around(at - one, DAY) <= halfWidth);
  return phase === undefined ? null : Math.round((at - phase) / DAY);
}

/** The kinds of days (weekdays, days of the month) on which mail came at least on half. */
function daysOften(
  days: readonly number[],
  withMail: ReadonlySet<number>,
  kindsOf: (day: number) => number[],
): number[] {
  const counts = new Map<number, { all: number; withMail: number }>();
  // The days at both ends may not be whole.
  for (const day of days.slice(2, -2)) {
    for (const kind of kindsOf(day)) {
      const count = counts.get(kind) ?? { all: 0, withMail: 0 };
      count.all += 1;
      if (withMail.has(day)) count.withMail += 1;
      counts.set(kind, count);
    }
  }
  return [...counts]
    .filter(([, count]) => count.withMail / count.all >= LEAST_OF_DAYS)
    .map(([kind]) => kind)
    .sort((one, other) => one - other);
}

function weekdayOf(day: number): number {
  // The first of January 1970 was a Thursday.
  return modulo(day + 4, 7);
}

/** The day's number in its month; 0 as well when it is the last. */
function monthDaysOf(day: number): number[] {
  const date = new Date(day * DAY);
  const isLast = new Date((day + 1) * DAY).getUTCDate() === 1;
  return isLast ? [0, date.getUTCDate()] : [date.getUTCDate()];
}

interface Found extends Timetable {
  quality: number;
}

type Times = Pick<Timetable, 'minutes' | 'weekdays' | 'monthDays'>;

/** @returns null when the mails do not bear the times out */
function weigh(
  times: Times,
  all: readonly number[],
  shown: readonly number[],
  until: number,
  halfWidth: number,
  fitted: number,
): Found | null {
  const { distances, strays } = assign(all, shown, halfWidth);
  const begin = distances.findIndex((distance) => distance !== null);
  if (begin === -1) return null;
  const dues = all.slice(begin).filter((due) => due + halfWidth <= until);
  const near = distances.slice(begin, begin + dues.length);
  const met = near.map((distance) => distance !== null);
  const inside = met.filter(Boolean).length;
  const last = dues.at(-1) ?? 0;
  const share = (2 * halfWidth * dues.length) / Math.max(1, last - (dues[0] ?? 0) + DAY);
  const isBorneOut =
    inside >= FEWEST_REPETITIONS &&
    share <= LARGEST_SHARE &&
    inside / dues.length >= LEAST_MET &&
    inside / (inside + strays) >= LEAST_INSIDE &&
    met.slice(-LAST_TIMES).some(Boolean) &&
    isBeyondChance({ seen: inside + strays, inside, share, fitted, tried: TRIED });
  const quality = inside / dues.length + inside / (inside + strays);
  return isBorneOut ? { ...times, dues, met, spreadMs: spreadOf(near), quality } : null;
}

/** For each time how far the nearest mail is, null when none is near; and how often mail came elsewhere, bursts once. */
function assign(dues: readonly number[], shown: readonly number[], halfWidth: number) {
  const distances: (number | null)[] = dues.map(() => null);
  const strays = new Set<number>();
  for (const at of shown) {
    const next = firstIndex(dues, (due) => due >= at);
    const isNextNearer =
      Math.abs((dues[next] ?? Infinity) - at) < Math.abs(at - (dues[next - 1] ?? -Infinity));
    const nearest = isNextNearer ? next : next - 1;
    const distance = Math.abs((dues[nearest] ?? Infinity) - at);
    if (distance > halfWidth) strays.add(next);
    else distances[nearest] = Math.min(distance, distances[nearest] ?? Infinity);
  }
  return { distances, strays: strays.size };
}

const QUANTILE = 0.95;

function spreadOf(distances: readonly (number | null)[]): number {
  const sorted = distances.filter((one): one is number => one !== null).sort((one, other) => one - other);
  return sorted[Math.ceil(sorted.length * QUANTILE) - 1] ?? 0;
}

function modulo(value: number, length: number): number {
  return ((value % length) + length) % length;
}

function around(apart: number, length: number): number {
  const on = modulo(apart, length);
  return Math.min(on, length - on);
}

/** @returns null when one expression cannot say it: 06:00 and 18:30 */
export function writeCron({ minutes, weekdays, monthDays }: Times, spreadMs: number): string | null {
  const of = minutes.map((minute) => minute % 60);
  const perHour = [...new Set(of)].sort((one, other) => one - other);
  const hours = [...new Set(minutes.map((minute) => Math.floor(minute / 60)))];
  const days = monthDays?.map((day) => (day === 0 ? 'L' : String(day))).join(',') ?? '*';
  const on = weekdays ? ranges(weekdays) : '*';
  if (perHour.length * hours.length === minutes.length)
    return `${perHour.join(',')} ${hours.length === 24 ? '*' : ranges(hours)} ${days} * ${on}`;
  return commonMinute(minutes, spreadMs, `${days} * ${on}`);
}

/** 06:14 and 18:16 are both near a quarter past. */
function commonMinute(minutes: readonly number[], spreadMs: number, days: string): string | null {
  const room = Math.max(spreadMs / MINUTE, 2);
  for (let minute = 0; minute < HOUR / MINUTE; minute += 1) {
    const hours = minutes.map((one) => Math.round((one - minute) / 60));
    const isNear = minutes.every((one, index) => Math.abs(one - minute - (hours[index] ?? 0) * 60) <= room);
    if (isNear && hours.every((hour) => hour >= 0 && hour < 24)) return `${minute} ${ranges(hours)} ${days}`;
  }
  return null;
}

/** `1-5`, `0,6`, `2,14` */
function ranges(ascending: readonly number[]): string {
  const parts: string[] = [];
  for (let index = 0; index < ascending.length;) {
    let end = index;
    while (ascending[end + 1] === (ascending[end] ?? 0) + 1) end += 1;
    parts.push(
      end - index > 1 ? `${ascending[index]}-${ascending[end]}` : ascending.slice(index, end + 1).join(','),
    );
    index = end + 1;
  }
  return parts.join(',');
}
