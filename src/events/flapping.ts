/**
 * A signal that comes and goes (semantics §5): after three turns within an hour its event stays open, marked, until
 * it has been well for an hour, or ill for an hour.
 */
import { between, HOUR } from '../kernel/clock.ts';
import type { EventSignal } from './event.ts';
import type { Effect } from './mail-state.ts';

const WINDOW_MS = HOUR;
const TURNS = 3;
/** More turns say no more; a check every second would fill the row. */
const MOST_KEPT = 20;

/** The instants of the last hour at which the signal turned from problem to recovery. */
export function nextTurns(present: EventSignal | undefined, effect: Effect, at: Date): Date[] {
  const turned = effect === 'closes' && (present?.isOpen ?? false);
  const turns = turned ? [...(present?.turns ?? []), at] : (present?.turns ?? []);
  return turns.filter((turn) => between(turn, at) < WINDOW_MS).slice(-MOST_KEPT);
}

export function isFlapping(turns: readonly Date[], now: Date): boolean {
  return turns.filter((turn) => between(turn, now) < WINDOW_MS).length >= TURNS;
}

/** @returns the instant since which nothing has turned for an hour, or null while something still does */
export function calmSince(signals: Iterable<Pick<EventSignal, 'turns'>>, now: Date): Date | null {
  const turns = [...signals].flatMap((signal) => signal.turns.map((turn) => turn.getTime()));
  const calmAt = Math.max(...turns, 0) + WINDOW_MS;
  return calmAt <= now.getTime() ? new Date(calmAt) : null;
}
