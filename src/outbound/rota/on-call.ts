/**
 * Who is on call when. Pure: turns are computed from the clocks of the rota's zone, never stored, so a turn of a day has
 * 23 or 25 hours where clocks are changed, and the hand-over is at the same time on the wall all the year.
 */
import { localDayOf, parseLocal, shownTimes, whenClocksReach, type LocalDay } from '../../kernel/calendar.ts';
import { DAY } from '../../kernel/clock.ts';
import type { UserId } from '../../kernel/ids.ts';
import type { Override, Rhythm, Rota, Shift } from './rota.ts';

/** Null when nobody of the rota is left. */
export function onCallAt(rota: Rota, at: Date): UserId | null {
  const turn = turnAt(new Turns(rota), at);
  return rota.overrides.filter(({ from, to }) => from <= at && at < to).reduce(take, personOf(rota, turn));
}

function take(present: UserId | null, { userId, insteadOf }: Override): UserId | null {
  return insteadOf === null || insteadOf === present ? userId : present;
}

/** The shifts that have a part between two instants, each whole; one follows the other without a gap. */
export function listShifts(rota: Rota, from: Date, to: Date): Shift[] {
  const turns = new Turns(rota);
  const shifts: Shift[] = [];
  for (let turn = turnAt(turns, from); turns.start(turn) < to; turn += 1) {
    const whole: Shift = {
      from: turns.start(turn),
      to: turns.start(turn + 1),
      userId: personOf(rota, turn),
      insteadOf: null,
      overrideId: null,
    };
    shifts.push(...rota.overrides.reduce<Shift[]>(cutOut, [whole]));
  }
  return shifts.filter((shift) => shift.from < to && shift.to > from);
}

function cutOut(shifts: Shift[], override: Override): Shift[] {
  return shifts.flatMap((shift) => {
    const from = override.from > shift.from ? override.from : shift.from;
    const to = override.to < shift.to ? override.to : shift.to;
    if (from >= to || take(shift.userId, override) === shift.userId) return [shift];
    const owner = shift.overrideId === null ? shift.userId : shift.insteadOf;
    return [
      { ...shift, to: from },
      { from, to, userId: override.userId, insteadOf: owner, overrideId: override.id },
      { ...shift, from: to },
    ].filter((piece) => piece.from < piece.to);
  });
}

/** When somebody else than at `at` takes over; null when nobody else ever does. */
export function nextHandOver(rota: Rota, at: Date): Shift | null {
  const present = onCallAt(rota, at);
  const turns = new Turns(rota);
  const first = turnAt(turns, at);
  // One time round, and behind the last override: what comes then has been there before.
  const round = turns.start(first + rota.places.length + 1);
  const behind = rota.overrides.reduce((last, { to }) => (to > last ? to : last), round);
  return listShifts(rota, at, behind).find((shift) => shift.from > at && shift.userId !== present) ?? null;
}

/** The place whose turn it is, or the next one after it that somebody holds. */
function personOf({ places }: Rota, turn: number): UserId | null {
  for (let offset = 0; offset < places.length; offset += 1) {
    const person = places[modulo(turn + offset, places.length)];
    if (person) return person;
  }
  return null;
}

function modulo(number: number, by: number): number {
  return ((number % by) + by) % by;
}

const MINUTES_A_DAY = 24 * 60;
const DAYS_A_WEEK = 7;

/** When turns begin: number 0 is the first person's on the first day. */
class Turns {
  readonly days: number;
  readonly zone: string;
  readonly #first: LocalDay;
  readonly #minutes: number;

  constructor({ timeZone, every, unit, startsOn, handOverAt }: Rhythm) {
    this.days = every * (unit === 'week' ? DAYS_A_WEEK : 1);
    this.zone = timeZone;
    const [hours = 0, minutes = 0] = handOverAt.split(':').map(Number);
    this.#minutes = hours * 60 + minutes;
    const day = parseLocal(startsOn, timeZone);
    if (!day) throw new Error(`not a day: ${startsOn}`);
    this.#first = localDayOf(day, timeZone);
  }

  start(turn: number): Date {
    return whenClocksReach(this.#first, this.#minutes + turn * this.days * MINUTES_A_DAY, this.zone);
  }

  /** Out by one at most: clocks are changed by hours. */
  guess(at: Date): number {
    const [shown = 0] = shownTimes([at.getTime()], this.zone);
    const [first = 0] = shownTimes([this.start(0).getTime()], this.zone);
    return Math.floor((shown - first) / (this.days * DAY));
  }
}

function turnAt(turns: Turns, at: Date): number {
  let turn = turns.guess(at);
  while (turns.start(turn) > at) turn -= 1;
  while (turns.start(turn + 1) <= at) turn += 1;
  return turn;
}
