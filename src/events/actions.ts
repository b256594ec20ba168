/** What people do to an event: take it, give it, complete it, reopen it, put it off, say something about it. */
import { getMember } from '../accounts/users.ts';
import { type Tx } from '../db/transaction.ts';
import { Conflict, Invalid, NotFound } from '../kernel/errors.ts';
import type { EventId } from '../kernel/ids.ts';
import { act, type Act } from './act.ts';
import { nextState } from './lifecycle.ts';
import { closeSignals } from './store.ts';

/**
 * Assigns to a member of the tenant, or to nobody. Compare-and-set by the version: of many claims at once one wins,
 * the others are told who did.
 * @throws NotFound for a user of another tenant, Conflict
 */
export async function assign(tx: Tx, request: Act, userId: string | null): Promise<EventId> {
  const assignee = userId === null ? null : await getMember(tx, request.tenantId, userId).catch(notAMember);
  const event = await act(tx, request, (present) => {
    if (present.state !== 'open') {
      throw new Conflict(
        `Event #${present.number} is ${present.state}. Reopen it first.`,
        'not-possible-now',
      );
    }
    const formerly = present.assigneeId;
    present.assigneeId = assignee?.id ?? null;
    present.assignedAt = assignee ? request.now : null;
    if (!assignee) return { what: 'unassigned', detail: { formerly } };
    return { what: 'assigned', detail: { assigneeId: assignee.id, assigneeName: assignee.name, formerly } };
  });
  return event.id;
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
  const closing = cleanNote(note, 'note');
  const event = await act(tx, request, (present) => {
    present.state = nextState(present.state, 'completion');
    present.completedAt = request.now;
    present.completedBy = request.actor.name;
    present.completionNote = closing;
    present.snoozedUntil = null;
    return { what: 'completed', detail: { by: request.actor.name }, why: closing };
  });
  await closeSignals(tx, request.tenantId, [event.id]);
  return event.id;
}

export async function reopen(tx: Tx, request: Act): Promise<EventId> {
  const event = await act(tx, request, (present) => {
    present.state = nextState(present.state, 'reopening');
    present.completedAt = null;
    present.completedBy = null;
    present.completionNote = null;
    return { what: 'reopened' };
  });
  return event.id;
}

/** Hides an open event from lists until an instant; null shows it again. */
export async function snooze(tx: Tx, request: Act, until: Date | null): Promise<EventId> {
  if (until && until <= request.now) {
    throw new Invalid([{ field: 'until', message: 'Give an instant in the future.' }]);
  }
  const event = await act(tx, request, (present) => {
    if (present.state !== 'open') {
      throw new Conflict('Only an open event can be snoozed. Reopen it first.', 'not-possible-now');
    }
    present.snoozedUntil = until;
    return { what: 'snoozed', detail: { until }, why: until ? null : 'shown again' };
  });
  return event.id;
}

export async function addNote(tx: Tx, request: Act, text: string): Promise<EventId> {
  const note = cleanNote(text, 'text');
  if (!note) throw new Invalid([{ field: 'text', message: 'Write something.' }]);
  const event = await act(tx, request, () => ({ what: 'note', why: note }));
  return event.id;
}

/** Noise is in no list and completes itself after a quiet time; its mails stay, and it can be taken back. */
export async function markNoise(tx: Tx, request: Act, isNoise: boolean): Promise<EventId> {
  const event = await act(tx, request, (present) => {
    if (present.state === 'merged') {
      throw new Conflict('The event was merged into another one. Work on that one.', 'not-possible-now');
    }
    present.isNoise = isNoise;
    return { what: isNoise ? 'noise' : 'not noise' };
  });
  return event.id;
}
