/** Between events and grouping: which open event a new trouble belongs to, and what grouping hears of each mail. */
import type { EventId } from '../kernel/ids.ts';
import type { Board } from './board.ts';
import type { Joined } from './event.ts';
import { effectOf } from './mail-state.ts';
import { isTrouble, sightingOf, type SignalledMail } from './signalled-mail.ts';
import type { LoadedEvent } from './store.ts';

export interface Neighbour {
  event: LoadedEvent;
  joined: Joined;
}

/** The open event of other signals that a new trouble belongs to. @returns null when none is likely enough */
export function findNeighbour(board: Board, mail: SignalledMail): Neighbour | null {
  if (!isTrouble(mail)) return null;
  const isOpen = (id: EventId) => board.events.get(id)?.state === 'open';
  const choice = board.grouping.choose(sightingOf(mail), isOpen);
  const event = choice ? board.events.get(choice.eventId) : undefined;
  if (!choice || !event) return null;
  board.grown.add(event.id);
  for (const id of choice.same) mergeFresh(board, event, board.events.get(id));
  return { event, joined: { score: choice.score, reasons: choice.reasons } };
}

/**
 * The first mails of an incident may have opened several events before a later mail shows that they are one. What
 * nobody has taken in hand yet is merged; a person can take it back.
 */
function mergeFresh(board: Board, one: LoadedEvent, other: LoadedEvent | undefined): void {
  if (!other || other.state !== 'open') return;
  const [into, from] = one.createdAt <= other.createdAt ? [one, other] : [other, one];
  const isTaken = from.assigneeId !== null || from.snoozedUntil !== null;
  const isInvolved = board.merges.some((merge) => [merge.from, merge.into].some((event) => event === from));
  if (isTaken || isInvolved || board.merges.some((merge) => merge.from === into)) return;
  board.merges.push({ from, into, why: 'a mail shows that both are one incident' });
  board.grouping.absorb(into.id, from.id);
}

/** Tells grouping what the mail said. */
export function tellGrouping(board: Board, event: LoadedEvent, mail: SignalledMail): void {
  const known = board.merges.find(({ from }) => from === event)?.into ?? event;
  if (event.state !== 'open') board.grouping.retire(known.id);
  else if (isTrouble(mail)) {
    const score = event.signals.get(mail.signal.key)?.joined?.score ?? null;
    board.grouping.noteProblem(known.id, known.createdAt, sightingOf(mail), score);
    if (!known.isStorm) markStorm(board, known, mail);
  } else if (effectOf(mail.state) === 'closes')
    board.grouping.noteRecovery(known.id, mail.signal.key, mail.receivedAt);
}

function markStorm(board: Board, event: LoadedEvent, { receivedAt }: SignalledMail): void {
  const storm = board.grouping.stormOf(event.id, receivedAt);
  if (!storm) return;
  event.isStorm = true;
  const cause = board.grouping.firstCause(event.id)?.title ?? event.title;
  board.record(event, {
    at: receivedAt,
    what: 'storm',
    detail: { ...storm },
    why: `far more than usual here; it probably began with “${cause}”`,
  });
}
