/**
 * The states of an event and every way between them; nothing else changes `state`.
 *
 *   open ──completion / recovery / quiet──▶ completed ──problem / reopening──▶ open
 *   open or completed ──merge──▶ merged ──unmerge──▶ open
 *
 * `snoozed` and "quiet for too long" are functions of a row and `now`, not states.
 */
import { between, MINUTE } from '../kernel/clock.ts';
import { Conflict } from '../kernel/errors.ts';
import type { OpenableEvent, StoredState } from './event.ts';

export type Happening = 'completion' | 'recovery' | 'quiet' | 'problem' | 'reopening' | 'merge' | 'unmerge';

const NEXT: Record<StoredState, Partial<Record<Happening, StoredState>>> = {
  open: { completion: 'completed', recovery: 'completed', quiet: 'completed', merge: 'merged' },
  completed: { problem: 'open', reopening: 'open', merge: 'merged' },
  merged: { unmerge: 'open' },
};

const REFUSALS: Record<StoredState, string> = {
  open: 'The event is open.',
  completed: 'The event is completed. Reopen it first.',
  merged: 'The event was merged into another one. Work on that one, or undo the merge.',
};

/** @throws Conflict `not-possible-now` when the happening cannot happen in this state */
export function nextState(state: StoredState, happening: Happening): StoredState {
  const next = NEXT[state][happening];
  if (!next) throw new Conflict(REFUSALS[state], 'not-possible-now', { state });
  return next;
}

export interface Quietness {
  infoQuietMinutes: number;
}

/** Info and noise complete themselves after a quiet time. @returns the instant it ran out, or null while it has not */
export function quietSince(
  event: Pick<OpenableEvent, 'state' | 'kind' | 'severity' | 'isNoise' | 'lastMseAt'>,
  { infoQuietMinutes }: Quietness,
  now: Date,
): Date | null {
  const mayEnd =
    event.state === 'open' && event.kind === 'FAILED' && (event.severity === 'info' || event.isNoise);
  if (!mayEnd || !event.lastMseAt) return null;
  const quietMs = infoQuietMinutes * MINUTE;
  return between(event.lastMseAt, now) >= quietMs ? new Date(event.lastMseAt.getTime() + quietMs) : null;
}

export interface ReopenPolicy {
  reopenWindowMinutes: number;
}

/** True while a returning problem reopens the event instead of opening a new one. */
export function isWithinReopenWindow(
  event: Pick<OpenableEvent, 'state' | 'completedAt'>,
  { reopenWindowMinutes }: ReopenPolicy,
  now: Date,
): boolean {
  return (
    event.state === 'completed' &&
    event.completedAt !== null &&
    between(event.completedAt, now) <= reopenWindowMinutes * MINUTE
  );
}
