/** Events of a batch that end: by a recovery, or because they were quiet or calm for long before the next mail. */
import type { Board } from './board.ts';
import { calmSince } from './flapping.ts';
import { nextState, quietSince } from './lifecycle.ts';
import type { LoadedEvent } from './store.ts';

/** An info event may have run out between two mails of a batch, as in an import of months. */
export function endQuietEvent(board: Board, event: LoadedEvent, now: Date): void {
  if (event.flapping) endFlapping(board, event, now);
  const at = quietSince(event, board.policy, now);
  if (at)
    complete(board, event, at, 'quiet', `no mail for ${describeMinutes(board.policy.infoQuietMinutes)}`);
}

/** Long calm before this mail, as in an import of months: what the job would have done then. */
function endFlapping(board: Board, event: LoadedEvent, now: Date): void {
  const at = calmSince([{ turns: event.lastMseAt ? [event.lastMseAt] : [] }], now);
  if (!at || event.state !== 'open') return;
  event.flapping = false;
  const isWell = event.otherOpen.length === 0 && ![...event.signals.values()].some(({ isOpen }) => isOpen);
  if (isWell) complete(board, event, at, 'recovery', 'calm for an hour');
}

export function complete(
  board: Board,
  event: LoadedEvent,
  at: Date,
  by: 'recovery' | 'quiet',
  why: string,
): void {
  event.state = nextState(event.state, by);
  event.completedAt = at;
  event.completedBy = by;
  event.completionNote = null;
  event.snoozedUntil = null;
  event.flapping = false;
  for (const signal of event.signals.values()) {
    if (signal.isOpen) board.point({ ...signal, isOpen: false }, event);
  }
  event.otherOpen = [];
  board.closed.add(event.id);
  board.record(event, { at, what: 'completed', detail: { by }, why });
}

function describeMinutes(minutes: number): string {
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${minutes} min`;
}
