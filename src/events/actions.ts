/** What people do to an event: take it, give it, complete it, reopen it, put it off, say something about it. */
import { getMember } from '../accounts/users.ts';
import { type Tx } from '../db/transaction.ts';
import { Conflict, Invalid, NotFound } from '../kernel/errors.ts';
import type { EventId } from '../kernel/ids.ts';
import { act, type Act, type Deed, type Doing } from './act.ts';
import { nextState } from './lifecycle.ts';

/**
 * Assigns to a member of the tenant, or to nobody. Compare-and-set by the version: of many claims at once one wins,
 * the others are told who did.
 * @throws NotFound, Invalid for a user of another tenant, Conflict
 */
export async function assign(tx: Tx, request: Act, userId: string | null): Promise<EventId> {
  const event = await act(tx, request, await assigning(tx, request, userId));
  return event.id;
}

/** @throws Invalid for a user of another tenant */
export async function assigning(tx: Tx, { tenantId, now }: Doing, userId: string | null): Promise<Deed> {
  const assignee = userId === null ? null : await getMember(tx, tenantId, userId).catch(notAMember);
  return (event) => {
    if (event.state !== 'open') {
      throw new Conflict(`Event #${event.number} is ${event.state}. Reopen it first.`, 'not-possible-now');
    }
    const formerly = event.assigneeId;
    event.assigneeId = assignee?.id ?? null;
    event.assignedAt = assignee ? now : null;
    if (!assignee) return { what: 'unassigned', detail: { formerly } };
    return { what: 'assigned', detail: { assigneeId: assignee.id, assigneeName: assignee.name, formerly } };
  };
}

function notAMember(error: unknown): never {
  if (!(error instanceof NotFound)) throw error;
  throw new Invalid([{ field: 'user', message: 'There is no such user in this tenant.' }]);
}

/** Longer texts belong into a document that the note links to. */
const LONGEST_NOTE = 10_000;

function cleanNote(text: string | null | undefined, field: string): string | null {
  const note = text?.trim() || null;
  if (note && note.length > LONGEST_NOTE) {
    throw new Invalid([{ field, message: `Use at most ${LONGEST_NOTE} characters.` }]);
  }
  return note;
}

export async function complete(tx: Tx, request: Act, note?: string | null): Promise<EventId> {
  const event = await act(tx, request, completing(request, note));
  return event.id;
}

/** @throws Invalid for a note that is too long */
export function completing({ actor, now }: Doing, note?: string | null): Deed {
  const closing = cleanNote(note, 'note');
  return (event) => {
    event.state = nextState(event.state, 'completion');
    event.completedAt = now;
    event.completedBy = actor.name;
    event.completionNote = closing;
    event.snoozedUntil = null;
    return { what: 'completed', detail: { by: actor.name }, why: closing };
  };
}

export async function reopen(tx: Tx, request: Act): Promise<EventId> {
  const event = await act(tx, request, reopening);
  return event.id;
}

export const reopening: Deed = (event) => {
  event.state = nextState(event.state, 'reopening');
  event.completedAt = null;
  event.completedBy = null;
  event.completionNote = null;
  return { what: 'reopened' };
};

/** Hides an open event from lists until an instant; null shows it again. */
export async function snooze(tx: Tx, request: Act, until: Date | null): Promise<EventId> {
  const event = await act(tx, request, snoozing(request, until));
  return event.id;
}

/** @throws Invalid for an instant that is past */
export function snoozing({ now }: Doing, until: Date | null): Deed {
  if (until && until <= now) {
    throw new Invalid([{ field: 'until', message: 'Give an instant in the future.' }]);
  }
  return (event) => {
    if (event.state !== 'open') {
      throw new Conflict('Only an open event can be snoozed. Reopen it first.', 'not-possible-now');
    }
    event.snoozedUntil = until;
    return { what: 'snoozed', detail: { until }, why: until ? null : 'shown again' };
  };
}

export async function addNote(tx: Tx, request: Act, text: string): Promise<EventId> {
  const note = cleanNote(text, 'text');
  if (!note) throw new Invalid([{ field: 'text', message: 'Write something.' }]);
  const event = await act(tx, request, () => ({ what: 'note', why: note }));
  return event.id;
}

export async function markNoise(tx: Tx, request: Act, isNoise: boolean): Promise<EventId> {
  const event = await act(tx, request, markingNoise(isNoise));
  return event.id;
}

/** Noise is in no list and completes itself after a quiet time; its mails stay, and it can be taken back. */
export function markingNoise(isNoise: boolean): Deed {
  return (event) => {
    if (event.state === 'merged') {
      throw new Conflict('The event was merged into another one. Work on that one.', 'not-possible-now');
    }
    event.isNoise = isNoise;
    return { what: isNoise ? 'noise' : 'not noise' };
  };
}
